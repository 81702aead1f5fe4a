import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase } from '@keyferry/db/testing'
import { POOLED_PARAMETERS, startUpParameters } from '@keyferry/vitest/start-up-parameters'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import type { Backend } from './backend.ts'
import { createQueue, type JobQueue, type QueueOptions } from './queue.ts'
import { copyEmptyQueue } from './testing.ts'

const log = pino({ level: 'silent' })
/** As pino numbers it. */
const WARN = 40
/** On a busy machine, where nobody has copied a queue yet and a first start creates its database. */
const INITDB_MS = 300_000
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function embedded(): Promise<Backend> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-queue-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  await copyEmptyQueue(join(dir, 'queue'))
  return { kind: 'embedded', dir: join(dir, 'queue') }
}
const fleet = async (): Promise<Backend> => ({ kind: 'fleet', databaseUrl: await createDatabase() })

function open(backend: Backend, hints?: QueueOptions['hints']): JobQueue {
  const jobs = createQueue({ backend, log, ...(hints ? { hints } : {}) })
  closing.push(() => jobs.stop())
  return jobs
}

/** A sync as the store knows it: `wish` moves it, a run settles what it saw when it began. */
function syncs(jobs: JobQueue) {
  const wished = new Map<string, number>()
  const settled = new Map<string, number>()
  const active = new Map<string, number>()
  let most = 0
  return {
    settled,
    most: () => most,
    async wish(id: string): Promise<void> {
      wished.set(id, (wished.get(id) ?? 0) + 1)
      await jobs.queue.wake([id])
    },
    revision: async (id: string) => wished.get(id) ?? null,
    async run(id: string, work: () => Promise<void>): Promise<{ again: boolean; revision: number }> {
      const now = (active.get(id) ?? 0) + 1
      active.set(id, now)
      most = Math.max(most, now)
      const seen = wished.get(id) ?? 0
      await work()
      settled.set(id, seen)
      active.set(id, now - 1)
      return { again: false, revision: seen }
    },
    behind: () => [...wished].filter(([id, wish]) => settled.get(id) !== wish).map(([id]) => id),
  }
}

describe.each([
  ['embedded', embedded, false],
  ['fleet', fleet, !inject('postgresUrl')],
] as const)('queue (%s)', (_kind, backend, skip) => {
  it.skipIf(skip)(
    'loses no wish, runs no sync twice at once, and drains a burst without waiting for a poll',
    { timeout: INITDB_MS },
    async () => {
      const jobs = open(await backend())
      await jobs.start()
      const store = syncs(jobs)
      await jobs.work((id) => store.run(id, () => new Promise((done) => setImmediate(done))), {
        concurrency: 4,
        revision: store.revision,
      })
      const ids = Array.from({ length: 20 }, (_, i) => `sync-${i}`)
      for (let round = 0; round < 10; round++) await Promise.all(ids.map((id) => store.wish(id)))
      await expect.poll(() => store.behind()).toEqual([])
      expect(store.settled.size).toBe(20)
      expect(store.most()).toBe(1)
    },
  )

  it.skipIf(skip)('sends again when a wish arrives during the run, and when the run asks for it', async () => {
    const jobs = open(await backend())
    await jobs.start()
    const store = syncs(jobs)
    let runs = 0
    await jobs.work(
      async (id) => {
        const result = await store.run(id, async () => {
          if (++runs === 1) await store.wish(id)
        })
        return { ...result, again: runs === 2 }
      },
      { concurrency: 2, revision: store.revision },
    )
    await store.wish('a')
    await expect.poll(() => runs).toBe(3)
    expect(store.behind()).toEqual([])
  })

  it.skipIf(skip).each([true, false])(
    'lets the run after a burst wait for the rest of it (again: %s)',
    async (again) => {
      const jobs = open(await backend())
      await jobs.start()
      const store = syncs(jobs)
      const runs: { began: number; ended: number }[] = []
      await jobs.work(
        async (id) => {
          const isBurst = runs.length === 0
          const handled = await store.run(id, async () => {
            const began = performance.now()
            if (isBurst) await store.wish(id)
            runs.push({ began, ended: performance.now() })
          })
          return { ...handled, again: again && isBurst, isBurst }
        },
        { concurrency: 2, revision: store.revision },
      )
      await store.wish('a')
      await expect.poll(() => runs.length).toBe(2)
      expect((runs[1]?.began ?? 0) - (runs[0]?.ended ?? 0)).toBeGreaterThan(195)
      expect(store.behind()).toEqual([])
    },
  )

  it.skipIf(skip)('continues after a handler threw', async () => {
    const jobs = open(await backend())
    await jobs.start()
    const store = syncs(jobs)
    let runs = 0
    await jobs.work(
      (id) => {
        if (++runs === 1) throw new Error('first')
        return store.run(id, async () => {})
      },
      { concurrency: 1, revision: store.revision },
    )
    await store.wish('a')
    await expect
      .poll(async () => {
        await jobs.queue.wake(['a'])
        return store.behind()
      })
      .toEqual([])
  })

  it.skipIf(skip)('aborts what does not end within the grace and stops', async () => {
    const jobs = open(await backend())
    await jobs.start()
    const began = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    await jobs.work(
      async (_id, signal) => {
        began.resolve()
        await new Promise<void>((done) => signal.addEventListener('abort', () => done()))
        aborted.resolve()
        return { again: false, revision: 1 }
      },
      { concurrency: 1, revision: async () => 1 },
    )
    await jobs.queue.wake(['a'])
    await began.promise
    await jobs.drain(50)
    await aborted.promise
    await jobs.stop()
    await jobs.queue.wake(['b'])
  })

  it.skipIf(skip)('gives one connection half of the lanes at most, and its other syncs wait without one', async () => {
    const hints = async (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, { group: id.split('-')[0] ?? '', urgent: false }]))
    const jobs = open(await backend(), hints)
    await jobs.start()
    const slow = Promise.withResolvers<void>()
    const active = new Set<string>()
    const done: string[] = []
    let most = 0
    await jobs.work(
      async (id) => {
        active.add(id)
        most = Math.max(most, [...active].filter((one) => one.startsWith('slow')).length)
        if (id.startsWith('slow')) await slow.promise
        active.delete(id)
        done.push(id)
        return { again: false, revision: 1 }
      },
      { concurrency: 4, revision: async () => 1 },
    )
    await jobs.queue.wake(Array.from({ length: 12 }, (_, i) => `slow-${i}`))
    await expect.poll(() => active.size).toBe(2)
    const quick = Array.from({ length: 20 }, (_, i) => `quick-${i}`)
    await jobs.queue.wake(quick)
    // All of them get through while the slow vendor answers nothing.
    await expect.poll(() => done.toSorted()).toEqual(quick.toSorted())
    expect(active.size).toBe(2)
    slow.resolve()
    await expect.poll(() => done.length).toBe(32)
    expect(most).toBe(2)
  })

  it.skipIf(skip)('takes what a person waits for first, also when it waited among the others already', async () => {
    const urgent = new Set<string>(['new'])
    const hints = async (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, { group: id, urgent: urgent.has(id) }]))
    const jobs = open(await backend(), hints)
    await jobs.start()
    const background = Array.from({ length: 10 }, (_, i) => `background-${i}`)
    await jobs.queue.wake(background)
    urgent.add('background-9')
    await jobs.queue.wake(['background-9'])
    await jobs.queue.wake(['new'])
    const seen: string[] = []
    await jobs.work(async (id) => ({ again: seen.push(id) === 0, revision: 1 }), {
      concurrency: 1,
      revision: async () => 1,
    })
    await expect.poll(() => seen.length).toBe(11)
    // Eight at a time, those in whatever order.
    expect(seen.slice(0, 8).toSorted()).toEqual([...background.slice(0, 6), 'background-9', 'new'])
    expect(seen.slice(8).toSorted()).toEqual(background.slice(6, 9))
  })

  it.skipIf(skip)('is woken by many at once, in whatever order, without one blocking another', async () => {
    const warnings: unknown[] = []
    const told = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) })
    const where = await backend()
    // On Postgres from several processes.
    const wakers = Array.from({ length: where.kind === 'fleet' ? 4 : 1 }, () =>
      createQueue({ backend: where, log: told }),
    )
    for (const waker of wakers) closing.push(() => waker.stop())
    for (const waker of wakers) await waker.start()
    const ids = Array.from({ length: 300 }, (_, i) => `sync-${i}`)
    await Promise.all(wakers.map(({ queue }, i) => queue.wake(i % 2 === 0 ? ids : ids.toReversed())))
    expect(warnings).toEqual([])
  })

  it.skipIf(skip)('keeps what is woken before it is open', async () => {
    const jobs = open(await backend())
    await jobs.queue.wake(['early', 'early'])
    await jobs.start()
    const seen: string[] = []
    await jobs.work(async (id) => ({ again: seen.push(id) === 0, revision: 1 }), {
      concurrency: 1,
      revision: async () => 1,
    })
    await expect.poll(() => seen).toEqual(['early'])
  })
})

it.skipIf(!inject('postgresUrl'))('warns once while its database is away, however many lanes meet that', async () => {
  const levels: number[] = []
  const write = (line: string): void => {
    const { level, msg }: { level: number; msg: string } = JSON.parse(line)
    if (msg.includes('queue')) levels.push(level)
  }
  const databaseUrl = await createDatabase()
  const jobs = createQueue({ backend: { kind: 'fleet', databaseUrl }, log: pino({ level: 'debug' }, { write }) })
  closing.push(() => jobs.stop())
  await jobs.start()
  await jobs.work(async () => ({ again: false, revision: 1 }), { concurrency: 8, revision: async () => 1 })
  const admin = new pg.Client({ connectionString: inject('postgresUrl') ?? '' })
  await admin.connect()
  closing.push(() => admin.end())
  await admin.query(`drop database ${pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1))} with (force)`)
  await expect.poll(() => levels.length, { timeout: 30_000 }).toBeGreaterThan(2)
  expect(levels.filter((level) => level === WARN)).toHaveLength(1)
})

it('starts without the jobs that an earlier process left', async () => {
  const where = await embedded()
  const first = open(where)
  await first.start()
  await first.queue.wake(['left'])
  await first.stop()
  const second = open(where)
  await second.start()
  const seen: string[] = []
  await second.work(async (id) => ({ again: seen.push(id) === 0, revision: 1 }), {
    concurrency: 1,
    revision: async () => 1,
  })
  await second.queue.wake(['new'])
  await expect.poll(() => seen).toEqual(['new'])
})

it('makes a queue directory that does not open again', { timeout: INITDB_MS }, async () => {
  const where = await embedded()
  if (where.kind !== 'embedded') throw new Error('embedded() gives the embedded backend')
  await rm(where.dir, { recursive: true })
  await mkdir(where.dir)
  await writeFile(join(where.dir, 'PG_VERSION'), '9')
  const jobs = open(where)
  await jobs.start()
  const seen: string[] = []
  await jobs.work(async (id) => ({ again: seen.push(id) === 0, revision: 1 }), {
    concurrency: 1,
    revision: async () => 1,
  })
  await jobs.queue.wake(['a'])
  await expect.poll(() => seen).toEqual(['a'])
})

it.skipIf(!inject('postgresUrl'))('does not throw into a writer when the queue is away', async () => {
  const databaseUrl = await createDatabase()
  const jobs = open({ kind: 'fleet', databaseUrl })
  await jobs.start()
  const admin = new pg.Client({ connectionString: databaseUrl })
  await admin.connect()
  closing.push(() => admin.end())
  // pg-boss works in there meanwhile: Postgres may find a dead-lock between the two, and end ours.
  await vi.waitFor(() => admin.query('drop schema if exists pgboss cascade'), { timeout: 60_000 })
  await expect(jobs.queue.wake(['a'])).resolves.toBeUndefined()
})

it('connects to Postgres with no start-up parameter but those that a pooler has to let through', async () => {
  const asked = await startUpParameters((databaseUrl) => open({ kind: 'fleet', databaseUrl }).start())
  expect(asked).toEqual(POOLED_PARAMETERS)
})
