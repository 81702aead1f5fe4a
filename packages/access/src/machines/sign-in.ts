/** Client id and secret become a token that lives a while. */
import { amend, type ClientSecretTable, type Selectable, type UniversalAuthTable } from '@keyferry/db'
import {
  anonymous,
  audit,
  auditRepeated,
  Forbidden,
  timestamp,
  transact,
  Unauthorized,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { isTrusted } from './addresses.ts'
import { identityActor, later, newToken, removeOverTokens, type IssuedToken } from './access-tokens.ts'
import { ACCESS_TOKEN_PREFIX } from './tokens.ts'
import { lockedOutUntil, settingsOf } from './universal-auth.ts'

/** The same words for every wrong pair, so that trying reveals nothing. */
const wrong = () => new Unauthorized('Invalid credentials')

/** For a client id that nobody has the same is done as for one that somebody has. */
const NOBODY: Selectable<UniversalAuthTable> = {
  identityId: '',
  clientId: '',
  settings: '{}',
  failures: 0,
  failedAt: null,
  lockedUntil: null,
  createdAt: '',
  updatedAt: '',
}

/**
 * Throws `Unauthorized`, always with the same words: for every wrong pair, and, after as many wrong secrets as the
 * identity allows, for every pair until its lock-out ends, which the audit log and `getUniversalAuth` show. With the
 * right pair, `Forbidden` from an address it may not sign in from.
 */
export async function signIn(
  ctx: Context,
  { clientId, clientSecret }: z.output<typeof schemas.universalAuthLogin>,
  address: string | null,
): Promise<IssuedToken> {
  const hash = ctx.authority.hashToken(clientSecret)
  // What a failed try leaves behind must be committed, so it is not thrown inside.
  const result = await transact(ctx, async (tx): Promise<IssuedToken | Error> => {
    const found = await tx
      .selectFrom('universalAuths')
      .where('clientId', '=', clientId)
      .selectAll()
      .forUpdate()
      .executeTakeFirst()
    const auth = found ?? NOBODY
    const settings = settingsOf(auth)
    const locked = settings.lockoutEnabled && lockedOutUntil(ctx, auth) !== null
    const trusted = isTrusted(settings.clientSecretTrustedIps, address)
    const secret = await tx
      .selectFrom('clientSecrets')
      .where('identityId', '=', auth.identityId)
      .where('hash', '=', hash)
      .selectAll()
      // It may be revoked at this moment: then its tokens have ended, and there must be no new one.
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (locked || !secret || !isUsable(ctx, secret)) {
      // Nobody locks an identity out from where it does not sign in anyway.
      if (settings.lockoutEnabled && trusted && !locked) await countFailure(ctx, tx, auth, address)
      return wrong()
    }
    if (!trusted)
      return new Forbidden(
        'This identity can’t sign in from your IP address. An instance admin can add it to the trusted addresses',
      )
    await amend(tx, 'clientSecrets', secret.id, { uses: secret.uses + 1 })
    await tx
      .updateTable('clientSecrets')
      .set({ lastUsedAt: timestamp(ctx) })
      .where('id', '=', secret.id)
      .execute()
    await tx
      .updateTable('universalAuths')
      .set({ failures: 0, failedAt: null, lockedUntil: null })
      .where('identityId', '=', auth.identityId)
      .execute()
    await audit(ctx, tx, await identityActor(tx, auth.identityId, address), 'identity.sign-in', null, {
      identityId: auth.identityId,
      clientSecretId: secret.id,
    })
    return issue(ctx, tx, auth, secret)
  })
  if (!(result instanceof Error)) return result
  await auditFailure(ctx, clientId, result instanceof Forbidden ? 'address' : 'client secret', address)
  throw result
}

async function auditFailure(ctx: Context, clientId: string, problem: string, address: string | null): Promise<void> {
  const tried = await ctx.db
    .selectFrom('universalAuths')
    .innerJoin('identities', 'identities.id', 'universalAuths.identityId')
    .where('clientId', '=', clientId)
    .select(['identities.id as identityId', 'identities.name'])
    .executeTakeFirst()
  // What has another form may be a client secret in the wrong field.
  const isId = z.uuid().safeParse(clientId).success
  await auditRepeated(ctx, {
    actor: anonymous(address),
    action: 'identity.sign-in-failed',
    subject: `${problem} ${isId ? clientId : ''}`,
    known: tried !== undefined,
    details: { problem, ...(tried ?? (isId ? { clientId } : {})) },
  })
}

function isUsable(ctx: Context, secret: Selectable<ClientSecretTable>): boolean {
  if (secret.revoked === 1) return false
  if (secret.usesLimit > 0 && secret.uses >= secret.usesLimit) return false
  return secret.ttl === 0 || later(new Date(secret.createdAt), secret.ttl) > timestamp(ctx)
}

async function countFailure(
  ctx: Context,
  tx: Tx,
  auth: Selectable<UniversalAuthTable>,
  address: string | null,
): Promise<void> {
  const { lockoutThreshold, lockoutDurationSeconds, lockoutCounterResetSeconds } = settingsOf(auth)
  const fresh = auth.failedAt !== null && later(new Date(auth.failedAt), lockoutCounterResetSeconds) > timestamp(ctx)
  const failures = (fresh ? auth.failures : 0) + 1
  const locked = failures >= lockoutThreshold
  await tx
    .updateTable('universalAuths')
    .set({
      failures: locked ? 0 : failures,
      failedAt: timestamp(ctx),
      lockedUntil: locked ? later(ctx.now(), lockoutDurationSeconds) : null,
    })
    .where('identityId', '=', auth.identityId)
    .execute()
  if (!locked) return
  await audit(ctx, tx, await identityActor(tx, auth.identityId, address), 'identity.lock-out', null, {
    identityId: auth.identityId,
    seconds: lockoutDurationSeconds,
  })
}

async function issue(
  ctx: Context,
  tx: Tx,
  auth: Selectable<UniversalAuthTable>,
  secret: Selectable<ClientSecretTable>,
): Promise<IssuedToken> {
  const { token, issued } = newToken(ctx, ACCESS_TOKEN_PREFIX, auth.identityId, settingsOf(auth))
  await removeOverTokens(ctx, tx, 'accessTokens', auth.identityId)
  await tx
    .insertInto('accessTokens')
    .values({ ...token, clientSecretId: secret.id })
    .execute()
  return issued
}
