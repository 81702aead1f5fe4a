/** A sync from a fresh project to an emulator, for tests. Knows no vendor: it is given a destination's name. */
import type { OpenStore } from '@keyferry/db/testing'
import type { createSync as createSchema } from '@keyferry/schemas'
import { deleteSecrets, updateSecrets } from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { sql } from 'kysely'
import type { z } from 'zod'
import { createConnection } from '../connections/connections.ts'
import type { Emulator } from '../destinations/shared/emulators/emulator.ts'
import { emulators } from '../destinations/emulators.ts'
import { runSync } from '../run/run.ts'
import type { SyncRow } from '../sync/row.ts'
import { createSync } from '../verbs/create-sync.ts'
import { getSync } from '../verbs/syncs.ts'
import { testContext, type TestContext } from './test-context.ts'

type Body = z.output<typeof createSchema>

export interface SyncFixture extends TestContext {
  emulator: Emulator
  projectId: string
  /** Where the sync reads: dev, `/`. */
  place: { projectId: string; environment: string; secretPath: string }
  connectionId: string
  /** Creates or changes secrets of the source. */
  set(values: Record<string, string>): Promise<void>
  unset(...keys: string[]): Promise<void>
  create(overrides?: Partial<Body>): Promise<SyncRow>
  /** Runs the sync until it is not due again; its row afterwards, and the requests it cost by method. */
  run(sync: { id: string }): Promise<{ row: SyncRow; calls: Record<string, number> }>
  /** What the target holds, as a plain object. */
  contents(): Record<string, string>
  /** Every text the store holds, for canaries. */
  everything(): Promise<string>
}

export async function startSyncFixture(open: OpenStore, destination: string): Promise<SyncFixture> {
  const test = await testContext(open)
  const { ctx, actor } = test
  const start = (await emulators()).get(destination)
  if (!start) throw new Error(`no emulator for ${destination}`)
  const emulator = await start()
  const project = await createTestProject(ctx, actor)
  const place = { projectId: project.id, environment: 'dev', secretPath: '/' }
  const connection = await createConnection(ctx, actor, {
    destination,
    name: 'emulated',
    method: emulator.method,
    credentials: emulator.credentials,
  })
  return {
    ...test,
    emulator,
    projectId: project.id,
    place,
    connectionId: connection.id,
    async set(values) {
      const secrets = Object.entries(values).map(([key, value]) => ({ key, value }))
      await updateSecrets(ctx, actor, { ...place, mode: 'upsert', secrets })
    },
    async unset(...keys) {
      await deleteSecrets(ctx, actor, { ...place, secrets: keys.map((key) => ({ key })) })
    },
    create: (overrides = {}) =>
      createSync(ctx, actor, {
        destination,
        name: 'emulated',
        projectId: project.id,
        connectionId: connection.id,
        environment: place.environment,
        secretPath: place.secretPath,
        autoSync: true,
        options: {},
        target: emulator.target,
        ...overrides,
      }),
    async run({ id }) {
      const before = emulator.log.length
      while ((await runSync(ctx, id, new AbortController().signal)).again) continue
      const calls: Record<string, number> = {}
      for (const { method } of emulator.log.slice(before)) calls[method] = (calls[method] ?? 0) + 1
      return { row: await getSync(ctx, actor, { destination, syncId: id }), calls }
    },
    contents: () => Object.fromEntries(emulator.contents()),
    async everything() {
      const tables = await ctx.db.introspection.getTables()
      const rows = []
      for (const { name } of tables) rows.push((await sql`select * from ${sql.table(name)}`.execute(ctx.db)).rows)
      return JSON.stringify(rows)
    },
    async close() {
      await emulator.close()
      await test.close()
    },
  }
}
