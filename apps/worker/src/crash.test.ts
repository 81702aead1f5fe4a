/** Workers of a fleet that end in the middle of a run, as real processes: killed, and told to stop. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, listRuns } from '@keyferry/core'
import { representatives } from '@keyferry/core/emulators'
import { createSync } from '@keyferry/core/verbs'
import { createMigratedDatabase } from '@keyferry/db/testing'
import { insertOrganization } from '@keyferry/kernel/authority'
import { openRuntime, readEnv } from '@keyferry/runtime'
import { updateSecrets } from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { program } from '@keyferry/vitest/programs'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'

const [[destination, startEmulator] = []] = await representatives()
const actor = { kind: 'user', id: randomUUID(), name: 'ada@example.com' } as const
const LIMIT_MS = 60_000

/** A fleet without a worker: a store with a project, an emulated vendor, and ways to start workers and a sync. */
async function startFleet() {
  if (!destination || !startEmulator) throw new Error('there is no destination')
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-crash-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const variables = {
    DATABASE_URL: await createMigratedDatabase(),
    KEYFERRY_DATA_DIR: dir,
    KEYFERRY_ROOT_KEY: randomBytes(32).toString('base64'),
    KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
  }
  const instance = await openRuntime(readEnv({ ...variables, LOG_LEVEL: 'silent' }))
  onTestFinished(instance.close)
  await instance.jobs.start()
  const { ctx } = instance
  const id = randomUUID()
  await ctx.db.transaction().execute((tx) => insertOrganization(ctx, tx, { id, name: 'Acme', slug: 'acme' }))
  // The sync needs an owner, or it sends nothing.
  await ctx.db
    .insertInto('instanceAdmins')
    .values({ principalId: actor.id, createdAt: new Date().toISOString() })
    .execute()
  const emulator = await startEmulator()
  onTestFinished(emulator.close)
  const { id: projectId } = await createTestProject(ctx, actor)
  const place = { projectId, environment: 'dev', secretPath: '/' }
  const connection = await createConnection(ctx, actor, {
    destination,
    name: 'c',
    method: 'api-key',
    credentials: emulator.credentials,
  })
  return {
    emulator,
    async set(values: Record<string, string>): Promise<void> {
      const secrets = Object.entries(values).map(([key, value]) => ({ key, value }))
      await updateSecrets(ctx, actor, { ...place, mode: 'upsert', secrets })
    },
    /** Resolves to a reader of its runs: state and message, newest first. */
    async createSync() {
      const sync = await createSync(ctx, actor, {
        ...place,
        destination,
        name: 's',
        connectionId: connection.id,
        autoSync: true,
        options: {},
        target: emulator.target,
      })
      return () => listRuns(ctx, actor, { destination, syncId: sync.id })
    },
    /** Resolves once it takes jobs. */
    async startWorker(): Promise<ChildProcess> {
      const { file, NODE_COMPILE_CACHE } = await program('worker')
      const child = spawn(process.execPath, ['--liftoff-only', file], {
        env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE, ...variables },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => {
        child.kill('SIGKILL')
      })
      const ready = Promise.withResolvers<void>()
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('worker ready')) ready.resolve()
      })
      child.once('exit', (code) => ready.reject(new Error(`the worker ended with ${code}`)))
      await ready.promise
      return child
    },
  }
}

// Not within a test's limit: the first file of a run that needs the programs bundles them.
beforeAll(() => program('worker'), 300_000)

const SECRETS = { ONE: 'one', TWO: 'two', THREE: 'three' }

describe.skipIf(!inject('postgresUrl'))('a worker', { timeout: 300_000 }, () => {
  it('that dies is noticed, and another one finishes its run within 30 seconds; one that gets a stop signal ends its run first, and nothing is sent twice', async () => {
    const { emulator, set, createSync, startWorker } = await startFleet()
    await set(SECRETS)
    const doomed = await startWorker()
    emulator.fail(1, { kind: 'hang-after' }, (method) => method !== 'GET')
    const runs = await createSync()
    // Its call is on the wire and hangs; the next worker finds a job that is taken and a lease that is held.
    await expect.poll(() => emulator.contents().size, { timeout: LIMIT_MS }).toBeGreaterThan(0)
    const second = await startWorker()
    doomed.kill('SIGKILL')
    await once(doomed, 'exit')
    const states = async () => (await runs()).map(({ state }) => state)
    await expect.poll(states, { timeout: LIMIT_MS }).toEqual(['succeeded', 'failed'])
    expect(Object.fromEntries(emulator.contents())).toEqual(SECRETS)
    expect((await runs()).map(({ message }) => message)).toContain('Interrupted. The next run continues.')

    // Workers are exchanged one by one.
    emulator.setLatency(150)
    const before = emulator.log.length
    const changed = { ...SECRETS, TWO: 'two, changed' }
    await set({ TWO: changed.TWO })
    await expect.poll(() => emulator.log.length, { timeout: LIMIT_MS }).toBeGreaterThan(before)
    const third = startWorker()
    second.kill('SIGTERM')
    expect(await once(second, 'exit')).toEqual([0, null])
    await third
    await expect.poll(() => Object.fromEntries(emulator.contents()), { timeout: LIMIT_MS }).toEqual(changed)
    await expect.poll(states, { timeout: LIMIT_MS }).toEqual(['succeeded', 'succeeded', 'failed'])
    const [{ counts } = { counts: null }] = await runs()
    expect({ created: counts?.create ?? 0, updated: counts?.update ?? 0 }).toEqual({ created: 0, updated: 1 })
  })
})
