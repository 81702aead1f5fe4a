import type { InsertResult, Kysely, QueryCreator, UpdateQueryBuilder } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Tables } from '../tables.ts'

type Change<T extends keyof Tables> = (db: QueryCreator<Tables>) => UpdateQueryBuilder<Tables, T, T, { id: string }>
/** What a change returned, as a table to insert from. */
type WithChanged = Tables & { changed: { id: string } }

/**
 * Carries out a change, which returns ids, and an insert. Postgres gets both as one statement, because every one is a
 * round trip; SQLite, which has no such statement, gets two.
 */
export async function changeAndInsert<T extends keyof Tables>(
  tx: Kysely<Tables>,
  change: Change<T>,
  insert: (db: QueryCreator<Tables>) => { execute(): Promise<unknown> },
): Promise<void> {
  if (isPostgres(tx)) await insert(tx.with('changed', change)).execute()
  else {
    await change(tx).execute()
    await insert(tx).execute()
  }
}

/**
 * Carries out a change of one row and an insert `from` it, which inserts nothing where the change met no row, without a
 * transaction around them. Returns whether it inserted. Postgres only: SQLite has no such statement, and a transaction
 * costs it no round trips. There it does nothing.
 */
export async function changeAndInsertAtOnce<T extends keyof Tables>(
  db: Kysely<Tables>,
  work: () => {
    change: Change<T>
    insert: (db: QueryCreator<WithChanged>) => { executeTakeFirst(): Promise<InsertResult | undefined> }
  },
): Promise<boolean> {
  if (!isPostgres(db)) return false
  const { change, insert } = work()
  const result = await insert(db.with('changed', change)).executeTakeFirst()
  return (result?.numInsertedOrUpdatedRows ?? 0n) > 0n
}
