import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Tables } from '../tables.ts'

/**
 * The database's own time, `ahead` milliseconds from now, as ISO 8601 text: what several processes must agree on is not
 * left to their clocks. It advances within a transaction, and while a statement waits for a lock.
 */
export function databaseTime(store: Pick<Kysely<Tables>, 'getExecutor'>, ahead = 0): RawBuilder<string> {
  return isPostgres(store)
    ? sql<string>`to_char(clock_timestamp() at time zone 'utc' + ${`${ahead} milliseconds`}::interval, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ${`${ahead / 1000} seconds`})`
}

/** `time` as better-auth's tables hold it: Postgres has a type for it, SQLite keeps text. */
export const storedTime = (store: Pick<Kysely<Tables>, 'getExecutor'>, time: Date): Date | string =>
  isPostgres(store) ? time : time.toISOString()
