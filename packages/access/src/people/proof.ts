/** The proof that the address of an account is its owner's. */
import { audit, SYSTEM, transact, type Actor, type AfterCommit, type Context, type Tx } from '@keyferry/kernel'
import { removeKeysOf } from './api-keys.ts'
import {
  dropCredentials,
  isLinked,
  lockUser,
  markProven,
  unlinkSubject,
  userOfEmail,
  userOfSubject,
  type User,
} from './users.ts'

/**
 * What proved it: a link that only a mail to the address carried, or the OpenID provider, which knows the person as
 * `subject`.
 */
export type Proof = { by: 'mail'; keepsPassword: boolean } | { by: 'oidc'; subject: string }

export interface Proven {
  user: User
  by: Proof['by']
  /** Shows the syncs whose owner was an API key that ended. */
  afterCommit: AfterCommit
}

/**
 * Marks the address as proven. Until then somebody else may have set the account up, so whatever was set before ends:
 * password, sessions, second factors, trusted devices, open links, API keys, and sign-in by another person of the
 * provider. The caller hands the result to `reportProof` once `tx` is committed.
 */
export async function proveAddress(
  ctx: Context,
  tx: Tx,
  user: User,
  proof: Proof,
  address: string | null,
): Promise<Proven> {
  const { by } = proof
  await lockUser(tx, user.id)
  const apiKeys = await removeKeysOf(tx, user.id)
  const ended = await dropCredentials(ctx, tx, user.id, {
    password: by === 'mail' && proof.keepsPassword,
    subject: by === 'oidc' ? proof.subject : null,
  })
  await markProven(tx, user.id)
  const actor: Actor = { kind: 'user', id: user.id, name: user.email, ...(address === null ? {} : { address }) }
  await audit(ctx, tx, actor, 'person.address-proven', null, { email: user.email, by, ...ended, apiKeys })
  return { user, by, afterCommit: await ctx.hooks.onAccessLost(ctx, tx, null) }
}

/** After the commit: screens show the stopped syncs, and the person learns by mail what ended. */
export async function reportProof(ctx: Context, baseUrl: string, { user, by, afterCommit }: Proven): Promise<void> {
  await afterCommit()
  if (!ctx.mail) return
  const how = by === 'mail' ? 'a link in a mail to it' : "your organization's sign-in"
  try {
    await ctx.mail.send({
      to: user.email,
      subject: 'Your address is confirmed in Keyferry',
      text: `This address was confirmed by ${how}. Everything that was set in its account before has ended, because someone else may have set it: an earlier password, sessions, second factors, trusted devices and API keys.\n\nTo set a new password, open\n\n${baseUrl}/forgot-password\n`,
    })
  } catch (error) {
    ctx.log.warn({ part: 'auth', err: error }, 'the mail about a confirmed address was not sent')
  }
}

/**
 * Before the provider signs somebody in whose address, `email` in lower case, it vouches for: proves the address of an
 * account that was not proven, and of one that another person of the provider signed in to, who had the address before.
 * Null when neither is the case.
 */
export function proveByProvider(
  ctx: Context,
  { email, subject }: { email: string; subject: string },
  address: string | null,
): Promise<Proven | null> {
  return transact(ctx, async (tx) => {
    const user = await userOfEmail(tx, email)
    const linked = await userOfSubject(tx, subject)
    // The provider's person signs in to the account they are linked to, whatever their address is by now.
    if (!user || (linked !== undefined && linked !== user.id)) return null
    const changesHands = linked === undefined && (await isLinked(tx, user.id))
    if (user.emailVerified && !changesHands) return null
    return proveAddress(ctx, tx, user, { by: 'oidc', subject }, address)
  })
}

/** Ends the link of an account to an earlier provider, whose name for its owner is somebody else at the present one. */
export const endLink = (ctx: Context, subject: string): Promise<void> =>
  transact(ctx, async (tx) => {
    const user = await unlinkSubject(ctx, tx, subject)
    if (user) await audit(ctx, tx, SYSTEM, 'person.unlink-oidc', null, { userId: user.id, email: user.email })
  })

/** After a password was set with a link from a mail. Null when the address was proven before. */
export function proveByReset(ctx: Context, email: string, address: string | null): Promise<Proven | null> {
  return transact(ctx, async (tx) => {
    const user = await userOfEmail(tx, email)
    if (!user || user.emailVerified) return null
    return proveAddress(ctx, tx, user, { by: 'mail', keepsPassword: true }, address)
  })
}
