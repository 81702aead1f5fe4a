import { PostgresAdapter, type Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

/**
 * Whether a database, or a transaction on it, is Postgres. The package's other files hide the difference from everybody
 * else.
 */
export const isPostgres = (store: Pick<Kysely<Tables>, 'getExecutor'>): boolean =>
  store.getExecutor().adapter instanceof PostgresAdapter
