import { existsSync } from 'node:fs'
import { openPostgres } from '@keyferry/db'
import { wrappedOrganizationKey } from '@keyferry/kernel'
import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { StartupError } from '../startup-error.ts'

/** A data key as it is stored: only the right root key opens it. */
export interface StoredKey {
  owner: string
  wrapped: string
}

/**
 * The stored data key of the SQLite store in `file`, null when nothing is stored. Another process may use the store
 * meanwhile. What it holds stays as it is.
 */
export function storedKeyInSqlite(file: string): StoredKey | null {
  if (!existsSync(file)) return null
  // A read-only connection would leave the files beside it that it made, and nobody could remove them: a process that
  // has begun since may write to them.
  const database = new SQLite(file, { fileMustExist: true })
  try {
    const tables = database.prepare(`select 1 from sqlite_master where type = 'table' and name = 'organizations'`).all()
    if (tables.length === 0) return null
    return asStoredKey(database.prepare('select id as owner, data_key as wrapped from organizations limit 1').get())
  } catch (error) {
    throw new StartupError(`${file} cannot be read as a Keyferry store: ${String(error)}. Nothing was changed.`, error)
  } finally {
    database.close()
  }
}

/** The same of a store on Postgres. Throws what the driver says. */
export async function storedKeyInPostgres(databaseUrl: string): Promise<StoredKey | null> {
  const db = openPostgres(databaseUrl, 1)
  try {
    const { rows } = await sql<{ there: boolean }>`select to_regclass('organizations') is not null as there`.execute(db)
    if (!rows[0]?.there) return null
    return (await wrappedOrganizationKey(db).executeTakeFirst()) ?? null
  } finally {
    await db.destroy()
  }
}

function asStoredKey(row: unknown): StoredKey | null {
  if (row === null || typeof row !== 'object' || !('owner' in row) || !('wrapped' in row)) return null
  const { owner, wrapped } = row
  return typeof owner === 'string' && typeof wrapped === 'string' ? { owner, wrapped } : null
}
