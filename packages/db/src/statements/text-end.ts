import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Tables } from '../tables.ts'

/** The last `length` characters of a column, or all of them where there are fewer. */
export const textEnd = (
  store: Pick<Kysely<Tables>, 'getExecutor'>,
  column: string,
  length: number,
): RawBuilder<string> =>
  isPostgres(store)
    ? sql<string>`right(${sql.ref(column)}, ${length})`
    : sql<string>`substr(${sql.ref(column)}, ${-length})`
