/** Accounts, read straight from better-auth's tables, which are not part of our table types. */
import type { Context, Tx } from '@keyferry/core/context'
import { amend, withOwnNames } from '@keyferry/db'

export interface User {
  id: string
  email: string
  name: string
  /** better-auth keeps times as the database has them: a Date in Postgres, text in SQLite. */
  createdAt: Date | string
  twoFactorEnabled: boolean | number | null
}

interface SessionRow {
  id: string
  userId: string
  createdAt: Date | string
  updatedAt: Date | string
  ipAddress: string | null
  userAgent: string | null
  signedInBy: string | null
}

const accounts = (db: Context['db'] | Tx) =>
  withOwnNames(db).withTables<{
    user: User
    session: SessionRow
    twoFactor: { userId: string }
    passkey: { userId: string }
    verification: { value: string }
  }>()

export async function usersOf(db: Context['db'] | Tx, ids: readonly string[]): Promise<User[]> {
  if (ids.length === 0) return []
  return columns(db).where('id', 'in', ids).execute()
}

/** `email` in lower case. */
export const userOfEmail = (db: Context['db'] | Tx, email: string): Promise<User | undefined> =>
  columns(db).where('email', '=', email).executeTakeFirst()

export const allUsers = (db: Context['db'] | Tx): Promise<User[]> => columns(db).orderBy('email').execute()

const columns = (db: Context['db'] | Tx) =>
  accounts(db).selectFrom('user').select(['id', 'email', 'name', 'createdAt', 'twoFactorEnabled'])

/** Newest first. */
export const sessionsOf = (db: Context['db'] | Tx, userId: string): Promise<SessionRow[]> =>
  accounts(db)
    .selectFrom('session')
    .where('userId', '=', userId)
    .select(['id', 'userId', 'createdAt', 'updatedAt', 'ipAddress', 'userAgent', 'signedInBy'])
    .orderBy('createdAt', 'desc')
    .execute()

/** Ends sessions, trusted devices, sign-ins that wait for a second factor, and links for a new password. */
export async function signOutEverywhere(db: Context['db'] | Tx, id: string): Promise<void> {
  await accounts(db).deleteFrom('session').where('userId', '=', id).execute()
  await accounts(db).deleteFrom('verification').where('value', '=', id).execute()
}

/** The account with all that belongs to it. */
export async function deleteUser(tx: Tx, id: string): Promise<void> {
  await dropSecondFactor(tx, id)
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
