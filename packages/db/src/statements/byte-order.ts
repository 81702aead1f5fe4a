import type { Kysely, OrderByItemBuilder } from 'kysely'
import type { Tables } from '../tables.ts'
import { isPostgres } from './dialect.ts'

/** Orders text by its bytes, like SQLite and JavaScript: a database of Postgres has an order of its own. */
export const byBytes =
  (store: Pick<Kysely<Tables>, 'getExecutor'>) =>
  (order: OrderByItemBuilder): OrderByItemBuilder =>
    isPostgres(store) ? order.collate('C') : order
