/** Accounts, read straight from better-auth's tables, which are not part of our table types. */
import { amend, endRowsBefore, withOwnNames } from '@keyferry/db'
import type { Actor, Context, Tx } from '@keyferry/kernel'

export interface User {
  id: string
  email: string
  name: string
  /** better-auth keeps times as the database has them: a Date in Postgres, text in SQLite. */
  createdAt: Date | string
  twoFactorEnabled: boolean | number | null
  /** Whether it is proven that the address is its owner's. */
  emailVerified: boolean | number
}

interface SessionRow {
  id: string
  userId: string
  createdAt: Date | string
  expiresAt: Date | string
  ipAddress: string | null
  userAgent: string | null
  signedInBy: string | null
}

type Tables = {
  user: User
  session: SessionRow
  twoFactor: { userId: string }
  passkey: { userId: string }
  /** A way to sign in: `accountId` is the provider's name for the person. */
  account: { id: string; userId: string; providerId: string; accountId: string; password: string | null }
  /** Open links, trusted devices, sign-ins that wait for a second factor. */
  verification: { value: string }
}

const accounts = (db: Context['db'] | Tx) => withOwnNames(db).withTables<Tables>()

/** As better-auth calls the organization's OpenID provider, and a password. */
export const OIDC = 'oidc'
export const PASSWORD = 'credential'

/** In no order; ids that nobody has are left out. */
export async function usersOf(db: Context['db'] | Tx, ids: readonly string[]): Promise<User[]> {
  if (ids.length === 0) return []
  return columns(db).where('id', 'in', ids).execute()
}

/** `email` in lower case. */
export const userOfEmail = (db: Context['db'] | Tx, email: string): Promise<User | undefined> =>
  columns(db).where('email', '=', email).executeTakeFirst()

/** By address. */
export const allUsers = (db: Context['db'] | Tx): Promise<User[]> => columns(db).orderBy('email').execute()

const columns = (db: Context['db'] | Tx) =>
  accounts(db).selectFrom('user').select(['id', 'email', 'name', 'createdAt', 'twoFactorEnabled', 'emailVerified'])

/**
 * The account, for a writer that gives it something: kept until the transaction ends from those that end what it has
 * (`lockUser`). Undefined when there is none by now.
 */
export const holdUser = (tx: Tx, id: string): Promise<User | undefined> =>
  columns(tx).where('id', '=', id).forShare().executeTakeFirst()

/** The account, for a writer that ends what it has. Before that is read, so that nothing is given to it meanwhile. */
export const lockUser = (tx: Tx, id: string): Promise<User | undefined> =>
  columns(tx).where('id', '=', id).forUpdate().executeTakeFirst()

/** Whether the session that `actor` came by has not ended. */
export const isSignedIn = async (tx: Tx, { sessionId }: Pick<Actor, 'sessionId'>): Promise<boolean> =>
  sessionId !== undefined &&
  (await accounts(tx).selectFrom('session').where('id', '=', sessionId).select('id').executeTakeFirst()) !== undefined

/** Newest first. */
export const sessionsOf = (db: Context['db'] | Tx, userId: string): Promise<SessionRow[]> =>
  accounts(db)
    .selectFrom('session')
    .where('userId', '=', userId)
    .select(['id', 'userId', 'createdAt', 'expiresAt', 'ipAddress', 'userAgent', 'signedInBy'])
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()

/** Ends sessions, trusted devices, sign-ins that wait for a second factor, and links for a new password. */
export async function signOutEverywhere(db: Context['db'] | Tx, id: string): Promise<void> {
  await accounts(db).deleteFrom('session').where('userId', '=', id).execute()
  await accounts(db).deleteFrom('verification').where('value', '=', id).execute()
}

/** The account with all that belongs to it. */
export async function deleteUser(tx: Tx, id: string): Promise<void> {
  await dropSecondFactor(tx, id)
  for (const table of ['notificationPreferences', 'notificationReads', 'displayPreferences', 'syncEventMails'] as const)
    await tx.deleteFrom(table).where('userId', '=', id).execute()
  await accounts(tx).deleteFrom('user').where('id', '=', id).execute()
}

/** From now on the password is enough. They are signed out. */
export async function dropSecondFactor(tx: Tx, id: string): Promise<void> {
  await signOutEverywhere(tx, id)
  await accounts(tx).deleteFrom('twoFactor').where('userId', '=', id).execute()
  await accounts(tx).deleteFrom('passkey').where('userId', '=', id).execute()
  await tx.deleteFrom('totpSteps').where('userId', '=', id).execute()
  // 0 is how SQLite has it, and one of the ways to write false in Postgres.
  await amend(accounts(tx), 'user', id, { twoFactorEnabled: 0 })
}

/** From now on it is proven that the address is its owner's. */
export async function markProven(db: Context['db'] | Tx, id: string): Promise<void> {
  await amend(accounts(db), 'user', id, { emailVerified: 1 })
}

/** What a person proves with a password. */
export interface Password {
  hash: string
  /** A second factor is needed beside it. */
  hasFactor: boolean
}

/** Undefined without a password. A change of it that is under way is waited for. */
export async function passwordOf(db: Context['db'], id: string): Promise<Password | undefined> {
  const row = await accounts(db)
    .selectFrom('account')
    .innerJoin('user', 'user.id', 'account.userId')
    .where('account.userId', '=', id)
    .where('account.providerId', '=', PASSWORD)
    .select(['account.password', 'user.twoFactorEnabled'])
    .forShare('account')
    .executeTakeFirst()
  return row && row.password !== null ? { hash: row.password, hasFactor: Boolean(row.twoFactorEnabled) } : undefined
}

/** The account that the provider's `subject` signs in to; undefined for a new one. */
export const userOfSubject = async (db: Context['db'] | Tx, subject: string): Promise<string | undefined> =>
  (
    await accounts(db)
      .selectFrom('account')
      .where('providerId', '=', OIDC)
      .where('accountId', '=', subject)
      .select('userId')
      .executeTakeFirst()
  )?.userId

/** Whether somebody signs in to the account by the provider. */
export const isLinked = async (db: Context['db'] | Tx, id: string): Promise<boolean> =>
  (await accounts(db)
    .selectFrom('account')
    .where('userId', '=', id)
    .where('providerId', '=', OIDC)
    .select('userId')
    .executeTakeFirst()) !== undefined

type Keys = Pick<Context, 'authority'>

/** Which ways in stay. */
export interface Kept {
  password: boolean
  /** The provider's name for the person; null: however they are linked. */
  subject: string | null
}

/**
 * Ends every way into the account but those that are `kept`, with its sessions, second factors, trusted devices and
 * open links.
 */
export async function dropCredentials(ctx: Keys, tx: Tx, id: string, kept: Kept) {
  // Before the sessions: a sign-in that is under way reads them again once its session has begun.
  const waysIn = await endAccounts(ctx, tx, id, ({ providerId, accountId }) =>
    providerId === OIDC
      ? kept.subject === null || accountId === kept.subject
      : providerId === PASSWORD && kept.password,
  )
  const { numDeletedRows: sessions } = await accounts(tx)
    .deleteFrom('session')
    .where('userId', '=', id)
    .executeTakeFirstOrThrow()
  await dropSecondFactor(tx, id)
  await accounts(tx).deleteFrom('verification').where('value', '=', id).execute()
  return { sessions: Number(sessions), waysIn }
}

/**
 * Ends the ways into the account but those that `stay`, also ones that are not in the database now. Returns how many
 * were.
 */
async function endAccounts(
  { authority }: Keys,
  tx: Tx,
  id: string,
  stay: (account: Omit<Tables['account'], 'password'>) => boolean,
): Promise<number> {
  const at = authority.endsAt()
  const all = await accounts(tx)
    .selectFrom('account')
    .where('userId', '=', id)
    .select(['id', 'userId', 'providerId', 'accountId'])
    .execute()
  const staying = all.filter(stay).map((account) => account.id)
  const { numDeletedRows } = await accounts(tx)
    .deleteFrom('account')
    .where('userId', '=', id)
    .$if(staying.length > 0, (query) => query.where('id', 'not in', staying))
    .executeTakeFirstOrThrow()
  for (const accountId of staying) await amend(accounts(tx), 'account', accountId, {})
  endRowsBefore(authority, 'account', { userId: id }, at)
  return Number(numDeletedRows)
}

/** The provider's `subject` signs in to no account from now on. Returns whose it was. */
export async function unlinkSubject(ctx: Keys, tx: Tx, subject: string): Promise<User | undefined> {
  const userId = await userOfSubject(tx, subject)
  if (userId === undefined) return undefined
  await endAccounts(ctx, tx, userId, ({ providerId, accountId }) => providerId !== OIDC || accountId !== subject)
  return (await usersOf(tx, [userId]))[0]
}

/** After a new password was set: one from before that is not in the database now does not come back. */
export async function endEarlierPasswords(ctx: Keys, tx: Tx, id: string): Promise<void> {
  await endAccounts(ctx, tx, id, () => true)
}
