import type { Kysely, QueryCreator, UpdateQueryBuilder } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Tables } from './tables.ts'

/**
 * Carries out a change, which returns ids, and an insert. Postgres gets both as one statement, because every one is a
 * round trip; SQLite, which has no such statement, gets two.
 */
export async function changeAndInsert<T extends keyof Tables>(
  tx: Kysely<Tables>,
  change: (db: QueryCreator<Tables>) => UpdateQueryBuilder<Tables, T, T, { id: string }>,
  insert: (db: QueryCreator<Tables>) => { execute(): Promise<unknown> },
): Promise<void> {
  if (isPostgres(tx)) await insert(tx.with('changed', change)).execute()
  else {
    await change(tx).execute()
    await insert(tx).execute()
  }
}
