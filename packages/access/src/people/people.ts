/** Everybody who has an account. */
import {
  audit,
  auditRepeated,
  BadRequest,
  NotFound,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { clientSecretsBy, revokeClientSecrets } from '../machines/made-by-person.ts'
import type { Auth } from '../sign-in/auth.ts'
import { removeKeysOf } from './api-keys.ts'
import { lastUseOf, removeOver, SIGN_INS, type SessionLimits } from './sessions.ts'
import {
  allUsers,
  deleteUser,
  dropSecondFactor,
  holdUser,
  lockUser,
  sessionsOf,
  signOutEverywhere,
  usersOf,
  type User,
} from './users.ts'

type Person = z.output<typeof schemas.person>

/** By address. */
export async function listPeople(ctx: Context, actor: Actor): Promise<Person[]> {
  await auditRepeated(ctx, { actor, action: 'person.list', subject: '', known: true, details: {} })
  const admins = await adminIds(ctx.db)
  return (await allUsers(ctx.db)).map((user) => shown(user, admins))
}

/** The instance admins, who reach every project without being members. By address. */
export async function listInstanceAdmins(ctx: Context): Promise<z.output<typeof schemas.instanceAdmin>[]> {
  const admins = await adminIds(ctx.db)
  const people = await usersOf(ctx.db, [...admins])
  return people.map(({ id, email, name }) => ({ id, email, name })).sort((a, b) => a.email.localeCompare(b.email))
}

/** Throws `NotFound`, and `BadRequest` for the last admin. */
export async function updatePerson(
  ctx: Context,
  actor: Actor,
  { userId, instanceAdmin }: { userId: string; instanceAdmin: boolean },
): Promise<Person> {
  const afterCommit = await transactChecked(ctx, async (tx) => {
    const user = await holdUser(tx, userId)
    if (!user) throw noSuchPerson(userId)
    if (instanceAdmin) {
      await tx
        .insertInto('instanceAdmins')
        .values({ principalId: userId, createdAt: timestamp(ctx) })
        .onConflict((conflict) => conflict.column('principalId').doNothing())
        .execute()
    } else {
      await refuseLastAdmin(tx, userId)
      await tx.deleteFrom('instanceAdmins').where('principalId', '=', userId).execute()
    }
    await audit(ctx, tx, actor, 'person.update', null, { userId, email: user.email, instanceAdmin })
    return instanceAdmin ? null : ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit?.()
  return shown(await findUser(ctx.db, userId), await adminIds(ctx.db))
}

/**
 * With memberships, sessions, API keys and open invitations of theirs: all of it stops working at once. Client secrets
 * of machines that they made are revoked on request, and listed. Throws like `updatePerson`.
 */
export async function removePerson(
  ctx: Context,
  actor: Actor,
  { userId, revokeClientSecrets: revokes }: z.output<typeof schemas.removePerson>,
): Promise<z.output<typeof schemas.removedPerson>> {
  const person = shown(await findUser(ctx.db, userId), await adminIds(ctx.db))
  const { clientSecrets, afterCommit } = await transactChecked(ctx, async (tx) => {
    await refuseLastAdmin(tx, userId)
    await lockUser(tx, userId)
    const clientSecrets = await clientSecretsBy(tx, userId)
    if (revokes) await revokeClientSecrets(ctx, tx, actor, clientSecrets)
    await removeKeysOf(tx, userId)
    await tx.deleteFrom('memberships').where('principalId', '=', userId).execute()
    await tx.deleteFrom('instanceAdmins').where('principalId', '=', userId).execute()
    await tx.deleteFrom('invitations').where('email', '=', person.email).execute()
    await deleteUser(tx, userId)
    const left = revokes ? [] : clientSecrets.map(({ clientSecretId }) => clientSecretId)
    await audit(ctx, tx, actor, 'person.remove', null, { userId, email: person.email, clientSecretsLeft: left })
    return { clientSecrets, afterCommit: await ctx.hooks.onAccessLost(ctx, tx, null) }
  })
  await afterCommit()
  return { ...person, clientSecrets }
}

/** Client secrets of machines that the person made and nobody revoked. Throws `NotFound`. */
export async function listPersonClientSecrets(
  ctx: Context,
  _actor: Actor,
  { userId }: { userId: string },
): Promise<z.output<typeof schemas.madeClientSecret>[]> {
  await findUser(ctx.db, userId)
  return clientSecretsBy(ctx.db, userId)
}

/**
 * For somebody who lost their app and their recovery codes: the password lets them in, and they can set it up
 * again. Ends their sessions. Throws `NotFound`.
 */
export async function endSecondFactor(ctx: Context, actor: Actor, { userId }: { userId: string }): Promise<Person> {
  await transactChecked(ctx, async (tx) => {
    const { email } = await findUser(tx, userId)
    await dropSecondFactor(tx, userId)
    await audit(ctx, tx, actor, 'person.second-factor-off', null, { userId, email })
  })
  return shown(await findUser(ctx.db, userId), await adminIds(ctx.db))
}

/** Where the person is signed in, newest first. Throws `NotFound`. */
export async function listPersonSessions(
  ctx: Context,
  auth: Auth,
  _actor: Actor,
  { userId }: { userId: string },
): Promise<z.output<typeof schemas.personSession>[]> {
  await findUser(ctx.db, userId)
  await removeOver(ctx.db, auth.sessions)
  return (await sessionsOf(ctx.db, userId)).map((row) => ({
    id: row.id,
    createdAt: new Date(row.createdAt).toISOString(),
    lastSeenAt: lastSeenAt(row, auth.sessions),
    address: row.ipAddress || null,
    device: row.userAgent || null,
    signedInBy: SIGN_INS.find((kind) => kind === row.signedInBy) ?? null,
  }))
}

function lastSeenAt(row: { createdAt: Date | string; expiresAt: Date | string }, limits: SessionLimits): string {
  const session = { createdAt: new Date(row.createdAt), expiresAt: new Date(row.expiresAt) }
  return new Date(lastUseOf(session, limits)).toISOString()
}

/** Signs the person out everywhere. Throws `NotFound`. */
export async function endPersonSessions(ctx: Context, actor: Actor, { userId }: { userId: string }): Promise<Person> {
  const user = await findUser(ctx.db, userId)
  await transactChecked(ctx, async (tx) => {
    const ended = (await sessionsOf(tx, userId)).length
    await signOutEverywhere(tx, userId)
    await audit(ctx, tx, actor, 'person.sign-out-everywhere', null, { userId, email: user.email, ended })
  })
  return shown(user, await adminIds(ctx.db))
}

/** Throws `NotFound` too: of two who remove a person at once, the second gets here when the first has ended. */
async function refuseLastAdmin(tx: Tx, userId: string): Promise<void> {
  const rows = await tx.selectFrom('instanceAdmins').select('principalId').forUpdate().execute()
  const user = await findUser(tx, userId)
  const people = new Set((await allUsers(tx)).map(({ id }) => id))
  const admins = rows.map((row) => row.principalId).filter((id) => people.has(id))
  if (admins.length === 1 && admins[0] === user.id) {
    throw new BadRequest(`${user.email} is the only instance admin. Make someone else an instance admin first.`)
  }
}

async function adminIds(db: Context['db'] | Tx): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('instanceAdmins').select('principalId').execute()
  return new Set(rows.map((row) => row.principalId))
}

async function findUser(db: Context['db'] | Tx, userId: string): Promise<User> {
  const [user] = await usersOf(db, [userId])
  if (!user) throw noSuchPerson(userId)
  return user
}

const noSuchPerson = (userId: string): NotFound => new NotFound(`Person with ID ${userId} not found`)

const shown = (user: User, admins: ReadonlySet<string>): Person => ({
  id: user.id,
  email: user.email,
  name: user.name,
  instanceAdmin: admins.has(user.id),
  twoFactor: Boolean(user.twoFactorEnabled),
  emailVerified: Boolean(user.emailVerified),
  createdAt: new Date(user.createdAt).toISOString(),
})
