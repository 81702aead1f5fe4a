import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emulators } from '@keyferry/core/destinations/emulators'
import { startFerry } from '@keyferry/core/sync/testing'
import { onEveryDatabase } from '@keyferry/db/testing'
import { createQueue, type Backend } from '@keyferry/queue'
import { expect, it, onTestFinished } from 'vitest'
import { startWorker } from './worker.ts'

const [destination = ''] = (await emulators()).keys()

onEveryDatabase('worker', (open) => {
  it('finds what is due though every wake-up was lost, at its start and later', async () => {
    // This context's queue forgets whatever it is told.
    const ferry = await startFerry(open, destination)
    onTestFinished(ferry.close)
    await ferry.set({ KEY: 'first' })
    await ferry.create()

    const jobs = createQueue({ backend: await backendOf(ferry.databaseUrl), log: ferry.ctx.log })
    onTestFinished(jobs.stop)
    const worker = await startWorker({ ctx: ferry.ctx, jobs, concurrency: 2 })
    onTestFinished(worker.stop)
    await expect.poll(ferry.contents, { timeout: 30_000 }).toEqual({ KEY: 'first' })
    await ferry.set({ KEY: 'second' })
    await expect.poll(ferry.contents, { timeout: 30_000 }).toEqual({ KEY: 'second' })

    await worker.stop()
    await ferry.set({ KEY: 'third' })
    await jobs.stop()
    expect(ferry.contents()).toEqual({ KEY: 'second' })
  }, 90_000)
})

async function backendOf(databaseUrl: string | null): Promise<Backend> {
  if (databaseUrl !== null) return { kind: 'fleet', databaseUrl }
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-worker-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return { kind: 'embedded', dir: join(dir, 'queue') }
}
