import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'
import type { Tables } from '../tables.ts'

/** Writes the whole store, as it is at one moment, to a new file. Null for Postgres, which has its own tools. */
export const copier = (db: Kysely<Tables>): ((file: string) => Promise<void>) | null =>
  isPostgres(db) ? null : async (file) => void (await sql`vacuum into ${file}`.execute(db))
