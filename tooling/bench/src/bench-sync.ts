/** One project, one connection, one sync on a fresh SQLite store, run by hand: the engine without queue and HTTP. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, runSync } from '@keyferry/core'
import { createSync, getSync, removeSecrets, triggerSync } from '@keyferry/core/verbs'
import { openSqlite } from '@keyferry/db'
import { createProject, deleteSecrets, updateSecrets } from '@keyferry/vault'
import { ACTOR, benchContext } from './context.ts'
import type { RemoteEmulator } from './emulator.ts'

export interface BenchSync {
  /** Writes `n` new secrets with 64-byte values, in place of those that are left. */
  fill(n: number): Promise<void>
  /** New values for the last `n`. */
  change(n: number): Promise<void>
  /** Deletes the first `n`. */
  unset(n: number): Promise<void>
  trigger(): Promise<void>
  /** Asks for the removal of everything the sync wrote. */
  remove(): Promise<void>
  /** Runs the sync; milliseconds. Throws when it did not succeed. */
  run(): Promise<number>
  close(): Promise<void>
}

/** `prefix`: of the keys; a vendor may keep a name that was deleted. */
export async function startBenchSync(
  destination: string,
  emulator: RemoteEmulator,
  prefix = 'BENCH',
): Promise<BenchSync> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const db = openSqlite(join(dir, 'keyferry.db'))
  const ctx = await benchContext(db)
  const actor = ACTOR
  const project = await createProject(ctx, actor, { name: 'Bench', withDefaultEnvironments: true })
  const place = { projectId: project.id, environment: 'dev', secretPath: '/' }
  const connection = await createConnection(ctx, actor, {
    destination,
    name: 'bench',
    method: emulator.method,
    credentials: emulator.credentials,
  })
  const { id: syncId } = await createSync(ctx, actor, {
    ...place,
    destination,
    name: 'bench',
    connectionId: connection.id,
    // Taking a tenth or all away is what is measured, not the fuse.
    autoSync: true,
    options: { deletionPolicy: 'owned' },
    target: emulator.target,
  })
  const at = { destination, syncId }
  let fills = 0
  let held = 0
  let first = 0
  const key = (i: number): string => `${prefix}_KEY_${fills}_${String(i).padStart(4, '0')}`
  const unset = async (n: number): Promise<void> => {
    const secrets = Array.from({ length: n }, (_, i) => ({ key: key(first + i) }))
    await deleteSecrets(ctx, actor, { ...place, secrets })
    first += n
  }
  const write = async (from: number, to: number): Promise<void> => {
    const secrets = Array.from({ length: to - from }, (_, i) => ({
      key: key(from + i),
      value: randomBytes(32).toString('hex'),
    }))
    await updateSecrets(ctx, actor, { ...place, mode: 'upsert', secrets })
  }
  return {
    async fill(n) {
      if (held > first) await unset(held - first)
      fills += 1
      first = 0
      held = n
      await write(0, n)
    },
    change: (n) => write(held - n, held),
    unset,
    async trigger() {
      await triggerSync(ctx, actor, at)
    },
    async remove() {
      await removeSecrets(ctx, actor, at)
    },
    async run() {
      const signal = new AbortController().signal
      const start = performance.now()
      while ((await runSync(ctx, syncId, signal)).again) continue
      const wall = performance.now() - start
      const row = await getSync(ctx, actor, at)
      if (row.state !== 'succeeded' || row.removeState === 'failed') {
        throw new Error(`the run did not succeed: ${row.state}, ${row.message ?? row.removeMessage ?? ''}`)
      }
      return wall
    },
    async close() {
      await db.destroy()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
