import { CompiledQuery, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'
import type { Tables } from '../tables.ts'

const RELAXED = CompiledQuery.raw('pragma synchronous = normal')
const WAITING = CompiledQuery.raw('pragma synchronous = full')

/**
 * Runs `work`, whose commits do not wait for the disk where the store is SQLite. They survive the process. When the
 * machine fails, the last of them may be lost, in order: what a commit that waits has followed is kept. Postgres always
 * waits, since the process that committed may outlive it.
 */
export async function withoutDiskWait<T>(db: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  if (isPostgres(db)) return work(db)
  return db.connection().execute(async (connection) => {
    await connection.executeQuery(RELAXED)
    try {
      return await work(connection)
    } finally {
      await connection.executeQuery(WAITING)
    }
  })
}
