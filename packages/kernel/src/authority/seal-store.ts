import { ACCOUNT_TABLES, contentOf, isSealed, SEALED_TABLES, type SealedTable } from '@keyferry/db'
import type { Kysely } from 'kysely'
import type { Tx } from '../context.ts'
import type { Unsealed } from '../crypto/sealed-store.ts'
import type { Authority } from './authority.ts'
import { TOKENS } from './token-columns.ts'

/**
 * Seals the rows of `tables` as they are: once, by the first start with a version that checks them. Stored hashes of
 * tokens become hashes under the instance's key, so that tokens stay good and a hash that somebody else puts there is
 * worth nothing. A row whose seal over the columns that were covered before is wrong stays as it is. `tx` is without
 * seals. Returns how many rows.
 */
export async function sealStore(tx: Tx, authority: Authority, tables: readonly Unsealed[]): Promise<number> {
  const present = new Set((await tx.introspection.getTables()).map(({ name }) => name))
  let sealed = 0
  for (const { table, covered } of tables) {
    const own = ACCOUNT_TABLES.includes(table)
    if (own && !present.has(table)) continue
    const store = own ? tx.withoutPlugins() : tx
    sealed += covered ? await reseal(store, authority, table, covered) : await sealTable(store, authority, table)
  }
  return sealed
}

/** Our tables, or better-auth's under their own names. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
type Store = Kysely<any>

async function sealTable(store: Store, authority: Authority, table: SealedTable): Promise<number> {
  // Links that were requested by mail before the upgrade have to be requested again.
  if (table === 'verification') await store.deleteFrom(table).execute()
  const [id] = SEALED_TABLES[table]
  // An older store lacks columns that are added to better-auth's tables after this. They begin empty, and a seal is the
  // same for an empty column as for none.
  const rows: Record<string, unknown>[] = await store.selectFrom(table).selectAll().execute()
  const token = TOKENS[table]
  for (const row of rows) {
    const hashed = token === undefined ? {} : { [token]: authority.hashDigest(String(row[token])) }
    const seal = authority.seal(table, contentOf(table, { ...row, ...hashed }))
    await store
      .updateTable(table)
      .set({ ...hashed, seal })
      .where(id, '=', row[id])
      .execute()
  }
  return rows.length
}

/** Seals the rows over the present columns whose seal over `covered` is right. */
async function reseal(
  store: Store,
  authority: Authority,
  table: SealedTable,
  covered: readonly string[],
): Promise<number> {
  const [id] = SEALED_TABLES[table]
  const rows: Record<string, unknown>[] = await store.selectFrom(table).selectAll().execute()
  const whole = rows.filter((row) => isSealed(authority, table, row, row['seal'], covered))
  for (const row of whole)
    await store
      .updateTable(table)
      .set({ seal: authority.seal(table, contentOf(table, row)) })
      .where(id, '=', row[id])
      .execute()
  return whole.length
}
