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

const accounts = (db: Context['db'] | Tx) =>
  withOwnNames(db).withTables<{ user: User; session: { userId: string }; twoFactor: { userId: string } }>()

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

/** The account with all that belongs to it; its sessions end. */
export async function deleteUser(db: Context['db'] | Tx, id: string): Promise<void> {
  await accounts(db).deleteFrom('session').where('userId', '=', id).execute()
  await accounts(db).deleteFrom('user').where('id', '=', id).execute()
}

/** From now on the password is enough. Their sessions go on. */
export async function dropSecondFactor(db: Context['db'] | Tx, id: string): Promise<void> {
  await accounts(db).deleteFrom('twoFactor').where('userId', '=', id).execute()
  // 0 is how SQLite has it, and one of the ways to write false in Postgres.
  await amend(accounts(db), 'user', id, { twoFactorEnabled: 0 })
}
