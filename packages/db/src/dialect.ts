import { PostgresAdapter, type Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Whether a database, or a transaction on it, is Postgres: for the few places where the two differ. */
export const isPostgres = (store: Pick<Kysely<Tables>, 'getExecutor'>): boolean =>
  store.getExecutor().adapter instanceof PostgresAdapter
