import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, listRuns } from '@keyferry/core'
import { representatives } from '@keyferry/core/emulators'
import { startSyncFixture } from '@keyferry/core/testing'
import { onEveryDatabase } from '@keyferry/db/testing'
import { createQueue, type Backend } from '@keyferry/queue'
import { copyEmptyQueue } from '@keyferry/queue/testing'
import { createFolder, listFolders } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { startWorker } from './worker.ts'

const [[destination, startEmulator] = ['', null]] = await representatives()
const runLimits = { runs: 16, bytes: 2 ** 30 }

onEveryDatabase('worker', (open) => {
  it('finds what is due though every wake-up was lost, at its start and later', async () => {
    // This context's queue forgets every job.
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    await fixture.set({ KEY: 'first' })
    await fixture.create()

    const jobs = createQueue({ backend: await backendOf(fixture.databaseUrl), log: fixture.ctx.log })
    onTestFinished(jobs.stop)
    const worker = await startWorker({ ctx: fixture.ctx, jobs, historyDays: 90, runLimits })
    onTestFinished(worker.stop)
    await expect.poll(fixture.contents, { timeout: 60_000 }).toEqual({ KEY: 'first' })
    await fixture.set({ KEY: 'second' })
    await expect.poll(fixture.contents, { timeout: 60_000 }).toEqual({ KEY: 'second' })

    await worker.stop()
    await fixture.set({ KEY: 'third' })
    await jobs.stop()
    expect(fixture.contents()).toEqual({ KEY: 'second' })
  }, 240_000)

  it('lets a run wait while those that are on need the memory that it may use, and one that needs more run alone', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, set, create } = fixture
    const other = await startEmulator?.()
    if (!other) throw new Error('the destination has an emulator')
    onTestFinished(other.close)
    await set({ KEY: 'value' })
    await create()
    const { id: connectionId } = await createConnection(ctx, actor, {
      destination,
      name: 'other',
      method: other.method,
      credentials: other.credentials,
    })
    await create({ name: 'other', connectionId, target: other.target })
    const emulators = [fixture.emulator, other].map((emulator) => ({ emulator, before: emulator.log.length }))
    for (const { emulator } of emulators) emulator.setLatency(30)

    const jobs = createQueue({ backend: await backendOf(fixture.databaseUrl), log: ctx.log })
    onTestFinished(jobs.stop)
    const worker = await startWorker({ ctx, jobs, historyDays: 90, runLimits: { runs: 16, bytes: 1 } })
    onTestFinished(worker.stop)
    await expect.poll(() => other.contents().size + fixture.emulator.contents().size, { timeout: 60_000 }).toBe(2)
    await worker.stop()
    const [first, second] = emulators
      .map(({ emulator, before }) => emulator.log.slice(before))
      .map((log) => ({ from: log[0]?.at ?? 0, to: log.at(-1)?.at ?? 0 }))
      .sort((a, b) => a.from - b.from)
    expect(second?.from).toBeGreaterThanOrEqual(first?.to ?? Infinity)
  }, 240_000)

  it('finishes deletions that a dead process left, and forgets old runs', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, place } = fixture
    await fixture.set({ KEY: 'value' })
    const sync = await fixture.create()
    await fixture.run(sync)
    fixture.clock.advance(100 * 24 * 60 * 60_000)
    await fixture.set({ KEY: 'other' })
    await fixture.run(sync)
    const left = await createFolder(ctx, actor, { ...place, path: '/', name: 'left' })
    const deletion = { id: randomUUID(), projectId: place.projectId, kind: 'folder' as const, subjectId: left.id }
    await ctx.db
      .insertInto('deletions')
      .values({ ...deletion, actor: JSON.stringify(actor), createdAt: '' })
      .execute()

    const jobs = createQueue({ backend: await backendOf(fixture.databaseUrl), log: ctx.log })
    onTestFinished(jobs.stop)
    const worker = await startWorker({ ctx, jobs, historyDays: 90, runLimits })
    onTestFinished(worker.stop)
    await expect
      .poll(() => listFolders(ctx, actor, { ...place, path: '/', recursive: false }), { timeout: 60_000 })
      .toEqual([])
    await expect
      .poll(async () => (await listRuns(ctx, actor, { destination, syncId: sync.id })).length, { timeout: 60_000 })
      .toBe(1)
  }, 240_000)
})

async function backendOf(databaseUrl: string | null): Promise<Backend> {
  if (databaseUrl !== null) return { kind: 'fleet', databaseUrl }
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-worker-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await copyEmptyQueue(join(dir, 'queue'))
  return { kind: 'embedded', dir: join(dir, 'queue') }
}
