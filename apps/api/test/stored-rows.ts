/** Rows of the store as somebody reads and writes them who has the database, and no more. For tests only. */
import type { MarkedTable, SealedTable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { openAuthority, verifyStore } from '@keyferry/kernel/authority'
import { sql, type RawBuilder } from 'kysely'
import { expect, vi } from 'vitest'
import type { TestApi } from '../src/testing.ts'

export type Row = Record<string, unknown>

const TIMEOUT = { timeout: 60_000 }

/** `api` is called at every use: it is opened after the suite is described. */
export function storedRows(api: () => TestApi) {
  const run = (statement: RawBuilder<unknown>) => statement.execute(api().ctx.db.withoutPlugins())
  return {
    run,
    /** There is at least one. */
    async copy(table: string, where: RawBuilder<unknown>): Promise<Row[]> {
      const { rows } = await run(sql`select * from ${sql.table(table)} where ${where}`)
      expect(rows.length).toBeGreaterThan(0)
      return rows as Row[]
    },
    /** In the place of what is there by now. */
    async putBack(table: string, rows: readonly Row[], id = 'id') {
      for (const row of rows) {
        await run(sql`delete from ${sql.table(table)} where ${sql.ref(id)} = ${row[id]}`)
        await run(sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
          values (${sql.join(Object.values(row))})`)
      }
    },
    set: (table: string, column: string, row: Row) =>
      run(sql`update ${sql.table(table)} set ${sql.ref(column)} = ${row[column]} where id = ${row['id']}`),
    /** What a process knows that starts now. */
    async started(): Promise<Context> {
      const { ctx } = api()
      const { db, authority } = await openAuthority({ db: ctx.db, keyring: ctx.keyring })
      return { ...ctx, db, authority }
    },
    /** Resolves when the audit log says that the row was changed. */
    noticed: async (table: SealedTable | MarkedTable, row: string) =>
      vi.waitFor(async () => {
        const rows = await api()
          .ctx.db.selectFrom('audit')
          .where('action', '=', 'integrity.failure')
          .select('details')
          .execute()
        expect(rows.map(({ details }) => JSON.parse(details))).toContainEqual({ table, row })
      }, TIMEOUT),
    /** Rows of a table that `keyferry admin verify-store` names. */
    listed: async (table: SealedTable | MarkedTable) =>
      (await verifyStore(api().ctx)).broken.filter((row) => row.table === table).map(({ id }) => id),
    /** What the first start does with a store of which this is noted. */
    async upgradeFrom(notes: readonly string[]): Promise<void> {
      const { db, keyring } = api().ctx
      const { id, dataKey } = await db.selectFrom('organizations').select(['id', 'dataKey']).executeTakeFirstOrThrow()
      await db
        .updateTable('organizations')
        .set({ dataKey: keyring.withNotes(id, dataKey, notes) })
        .execute()
      await openAuthority({ db, keyring })
    },
    /** Puts a row back as it was, seal and all, once `work` is done. */
    async edited(table: string, where: RawBuilder<unknown>, set: RawBuilder<unknown>, work: () => Promise<void>) {
      const { rows } = await run(sql`select * from ${sql.table(table)} where ${where}`)
      const [row] = rows as Row[]
      if (!row) throw new Error(`${table} has no such row`)
      const key = ['id', 'name'].find((column) => column in row)
      const id = key === undefined ? where : sql`${sql.ref(key)} = ${row[key]}`
      await run(sql`update ${sql.table(table)} set ${set} where ${id}`)
      await work()
      const back = Object.entries(row).map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
      const now = key === undefined ? sql`true` : id
      await run(sql`update ${sql.table(table)} set ${sql.join(back)} where ${now}`)
    },
  }
}
