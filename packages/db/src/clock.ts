import { sql, type RawBuilder } from 'kysely'
import type { Db } from './open.ts'

/**
 * The database's own time, `ahead` milliseconds from now, as ISO 8601 text: what several processes must agree on is not left to their clocks.
 * It goes on within a transaction, and while a statement waits for a lock.
 */
export function databaseTime({ dialect }: Pick<Db, 'dialect'>, ahead = 0): RawBuilder<string> {
  return dialect === 'sqlite'
    ? sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ${`${ahead / 1000} seconds`})`
    : sql<string>`to_char(clock_timestamp() at time zone 'utc' + ${`${ahead} milliseconds`}::interval, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
