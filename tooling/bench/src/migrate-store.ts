/**
 * Moves 100,000 secrets with their versions, syncs, history and audit log from SQLite to Postgres, and back: how long
 * it takes, how much CPU of Keyferry, and what the syncs then write.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrateAuth } from '@keyferry/access/sign-in'
import { triggerSync } from '@keyferry/core/verbs'
import { openSqlite } from '@keyferry/db'
import { keyring, type Context } from '@keyferry/kernel'
import { migrateStore, openRuntime, readEnv } from '@keyferry/runtime'
import { updateSecrets } from '@keyferry/vault'
import { ACTOR, benchContext } from './context.ts'
import { DESTINATION, runToEnd, syncOf, type EmulatedSync } from './emulated-sync.ts'
import { batches, folderOf } from './folder.ts'
import { withPostgres, type OwnPostgres } from './own-postgres.ts'
import { printTable } from './table.ts'

const PROJECTS = 10
const SECRETS = 10_000
/** Per secret. */
const VERSIONS = 2

export const measureMigrateStore = (): Promise<void> => withPostgres(measureOn)

async function measureOn({ dir, url }: OwnPostgres): Promise<void> {
  const syncs: EmulatedSync[] = []
  try {
    const key = randomBytes(32)
    await writeFile(join(dir, 'root.key'), key.toString('base64'), { mode: 0o600 })
    const store = openSqlite(join(dir, 'keyferry.db'))
    const ctx = await benchContext(store, keyring(key))
    await migrateAuth(store, ctx.log)
    for (let project = 0; project < PROJECTS; project++) {
      const place = await folderOf(ctx, SECRETS)
      for (let version = 1; version < VERSIONS; version++)
        for (const secrets of batches(SECRETS)) await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets })
      syncs.push(await syncOf(ctx, place))
    }
    await ctx.db.destroy()
    const settings = { KEYFERRY_DATA_DIR: dir, KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true', LOG_LEVEL: 'error' }
    const embedded = readEnv(settings)
    const fleet = readEnv({ ...settings, DATABASE_URL: url })
    const back = join(dir, 'back')
    const rows = [await measured('SQLite to Postgres', () => migrateStore(embedded, url, () => {}))]
    const withKey = { ...fleet, KEYFERRY_ROOT_KEY: key }
    const moved = await openRuntime(withKey)
    let writes = 0
    for (const sync of syncs) writes += await writesOf(moved.ctx, sync)
    await moved.close()
    rows.push(await measured('Postgres to SQLite', () => migrateStore(withKey, back, () => {})))
    printTable(
      `migrate-store: ${PROJECTS * SECRETS} secrets with ${VERSIONS} versions each, ${syncs.length} syncs, verified on both sides; the syncs then write ${writes} times`,
      rows,
    )
  } finally {
    for (const { emulator } of syncs) await emulator.close()
  }
}

/** Runs the sync and counts the requests that change its target. */
async function writesOf(ctx: Context, { syncId, emulator }: EmulatedSync): Promise<number> {
  const before = emulator.log.length
  await triggerSync(ctx, ACTOR, { destination: DESTINATION, syncId })
  await runToEnd(ctx, syncId)
  const isWrite = emulator.isWrite ?? ((method) => method !== 'GET')
  return emulator.log.slice(before).filter(({ method, path }) => isWrite(method, path)).length
}

async function measured(
  direction: string,
  migrate: () => ReturnType<typeof migrateStore>,
): Promise<Record<string, string | number>> {
  const began = performance.now()
  const before = process.cpuUsage()
  const { rows } = await migrate()
  const { user, system } = process.cpuUsage(before)
  return {
    direction,
    rows,
    seconds: ((performance.now() - began) / 1000).toFixed(1),
    'CPU s of Keyferry': ((user + system) / 1e6).toFixed(1),
  }
}
