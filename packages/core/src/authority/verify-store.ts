import { ACCOUNT_TABLES, isSealed, SEALED_TABLES, type SealedTable } from '@keyferry/db'
import { CamelCasePlugin } from 'kysely'
import type { Context } from '../context.ts'
import { TABLES } from './sealed-store.ts'

/** A row that was not written by Keyferry as it stands. */
export interface BrokenRow {
  table: SealedTable
  id: string
}

/** Checks the seal of every row that gives authority. Returns how many were checked, and those that are ignored because theirs is missing or wrong. */
export async function verifyStore(ctx: Context): Promise<{ rows: number; broken: BrokenRow[] }> {
  const plain = ctx.db.withoutPlugins()
  const present = new Set((await ctx.db.introspection.getTables()).map(({ name }) => name))
  let rows = 0
  const broken: BrokenRow[] = []
  for (const table of TABLES) {
    const own = ACCOUNT_TABLES.includes(table)
    if (own && !present.has(table)) continue
    const store = (own ? plain : plain.withPlugin(new CamelCasePlugin())).withTables<Rows>()
    const [id] = SEALED_TABLES[table]
    for (const row of await store
      .selectFrom(table as string)
      .selectAll()
      .execute()) {
      rows += 1
      if (!isSealed(ctx.authority, table, row, row['seal'])) broken.push({ table, id: String(row[id]) })
    }
  }
  return { rows, broken }
}

interface Rows {
  [table: string]: Record<string, unknown>
}
