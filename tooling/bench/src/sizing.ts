/**
 * What an instance needs for so many secrets, versions, syncs, changes and readings: bytes of a SQLite store without
 * its free pages, and milliseconds of CPU. The figures of docs/sizing.md.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { getSecret as asked } from '@keyferry/schemas'
import { getSecret, updateSecrets } from '@keyferry/vault'
import { sql } from 'kysely'
import { ACTOR, benchContext } from './context.ts'
import { runToEnd, syncOf } from './emulated-sync.ts'
import { batches, folderOf, type Place } from './folder.ts'
import { printTable } from './table.ts'

const SECRETS = 20_000
const CHANGES = 10
const READINGS = 1_000

export async function measureSizing(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const ctx = await benchContext(openSqlite(join(dir, 'keyferry.db')))
  const rows: Record<string, string | number>[] = []
  const measured = async <T>(what: string, count: number, work: () => Promise<T>): Promise<T> => {
    const before = await bytesOf(ctx)
    const cpu = process.cpuUsage()
    const result = await work()
    const { user, system } = process.cpuUsage(cpu)
    rows.push({
      what,
      count,
      'bytes each': Math.round(((await bytesOf(ctx)) - before) / count),
      'ms of CPU each': ((user + system) / 1000 / count).toFixed(2),
    })
    return result
  }
  const place = await measured('secret of 64 bytes', SECRETS, () => folderOf(ctx, SECRETS))
  await measured('new version', SECRETS, async () => {
    for (const secrets of batches(SECRETS)) await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets })
  })
  const { syncId, emulator } = await measured('key of a sync, first run', SECRETS, () => syncOf(ctx, place))
  await measured(`change of one of ${SECRETS} secrets, delivered`, CHANGES, async () => {
    for (let i = 0; i < CHANGES; i++) await change(ctx, place, syncId, i)
  })
  const history = await historyOf(ctx)
  const small = await folderOf(ctx, 20)
  const read = asked.parse({ ...small, key: 'BENCH_KEY_0' })
  await measured('reading of one secret', READINGS, async () => {
    for (let i = 0; i < READINGS; i++) await getSecret(ctx, ACTOR, read)
  })
  printTable('Disk and CPU, SQLite, audit log on; the emulated provider takes part of the CPU', rows)
  console.log(`History of ${CHANGES} runs that each changed one of ${SECRETS} keys: ${history} bytes each`)
  await emulator.close()
  await ctx.db.destroy()
  await rm(dir, { recursive: true, force: true })
}

async function change(ctx: Context, place: Place, syncId: string, i: number): Promise<void> {
  const secrets = [{ key: `BENCH_KEY_${i}`, value: `changed ${i}` }]
  await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets })
  await runToEnd(ctx, syncId)
}

async function bytesOf(ctx: Context): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select (page_count - freelist_count) * page_size as bytes
    from pragma_page_count, pragma_freelist_count, pragma_page_size`.execute(ctx.db)
  return rows[0]?.bytes ?? 0
}

/** Bytes of text per run that is not the first: its row, its outcomes and its snapshot. */
async function historyOf(ctx: Context): Promise<number> {
  const size = (...columns: string[]) =>
    sql<number>`coalesce(sum(${sql.join(
      columns.map((column) => sql`coalesce(octet_length(${sql.ref(column)}), 0)`),
      sql` + `,
    )}), 0)`.as('bytes')
  const snapshots = await ctx.db
    .selectFrom('snapshots')
    .where('position', '>', 0)
    .select(size('id', 'syncId', 'hash', 'content'))
    .executeTakeFirstOrThrow()
  const runs = await ctx.db
    .selectFrom('runs')
    .select(size('id', 'syncId', 'actor', 'planHash', 'counts', 'message', 'startedAt', 'snapshotId', 'reached'))
    .executeTakeFirstOrThrow()
  const outcomes = await ctx.db
    .selectFrom('outcomes')
    .where('action', '!=', 'create')
    .select(size('runId', 'key', 'action', 'state', 'reason', 'madeOf'))
    .executeTakeFirstOrThrow()
  return Math.round((snapshots.bytes + runs.bytes + outcomes.bytes) / CHANGES)
}
