import type { LiveEvent } from '@keyferry/schemas'
import { createDatabase } from '@keyferry/db/testing'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { localEvents, postgresEvents, type EventBus } from './events.ts'

const log = pino({ level: 'silent' })
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const projectId = '00000000-0000-4000-8000-000000000000'
const event = (n: number, syncId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`): LiveEvent => ({
  kind: 'sync',
  projectId,
  syncId,
  state: 'running',
  done: n,
  total: 1000,
})

/** Collects in the background what a subscription yields, and subscribes again when events were missed. */
function collect(bus: EventBus, signal: AbortSignal) {
  const seen: number[] = []
  const missed: unknown[] = []
  const follow = async (): Promise<void> => {
    for await (const one of bus.events.subscribe(projectId, signal)) if (one.kind === 'sync') seen.push(one.done)
  }
  const restart = (error: unknown): Promise<void> => {
    missed.push(error)
    return follow().catch(restart)
  }
  return { seen, missed, ended: follow().catch(restart) }
}

describe('live events', () => {
  it('reach every subscriber in order, from the moment it subscribed until its signal aborts', async () => {
    const bus = localEvents()
    const stop = new AbortController()
    const one = collect(bus, stop.signal)
    const other = collect(bus, new AbortController().signal)
    bus.events.publish(event(1))
    bus.events.publish(event(2))
    await expect.poll(() => one.seen).toEqual([1, 2])
    stop.abort()
    await one.ended
    bus.events.publish(event(3))
    await expect.poll(() => other.seen).toEqual([1, 2, 3])
    expect(one.seen).toEqual([1, 2])
    await bus.close()
    await other.ended
  })

  it('are known to have been none for a while, by project', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const bus = localEvents()
    vi.advanceTimersByTime(5)
    bus.events.publish(event(1))
    vi.advanceTimersByTime(2)
    expect(bus.events.quietMs(projectId)).toBe(2)
    // Of a project that nothing was heard of, as long as anything is.
    expect(bus.events.quietMs('11111111-1111-4111-8111-111111111111')).toBe(7)
    await bus.close()
  })

  it('reach the subscribers of their own project alone', async () => {
    const bus = localEvents()
    const other = '11111111-1111-4111-8111-111111111111'
    const arrived: (string | null)[] = []
    const elsewhere = (async () => {
      for await (const one of bus.events.subscribe(other, new AbortController().signal)) arrived.push(one.projectId)
    })()
    const here = collect(bus, new AbortController().signal)
    bus.events.publish(event(1))
    bus.events.publish({ ...event(2), projectId: other })
    bus.events.publish(event(3))
    await expect.poll(() => here.seen).toEqual([1, 3])
    // What belongs to no project, or names one where others are shown, reaches all.
    bus.events.publish({ kind: 'settings', projectId: null, about: 'machines', actorId: 'ada' })
    bus.events.publish({ kind: 'settings', projectId, about: 'project', actorId: 'ada' })
    bus.events.publish({ kind: 'settings', projectId, about: 'people', actorId: 'ada' })
    await expect.poll(() => arrived).toEqual([other, null, projectId])
    await bus.close()
    await Promise.all([elsewhere, here.ended])
  })

  it('keep the newest of each thing for a subscriber that does not read, and fail when it is too far behind', async () => {
    const bus = localEvents()
    const stop = new AbortController()
    const slow = bus.events.subscribe(projectId, stop.signal)
    for (let n = 1; n <= 5000; n++) bus.events.publish(event(n, projectId))
    bus.events.publish({ kind: 'sync-deleted', projectId, syncId: projectId })
    const seen: LiveEvent[] = []
    for await (const one of slow) {
      seen.push(one)
      if (one.kind === 'sync-deleted') stop.abort()
    }
    expect(seen).toMatchObject([{ done: 5000 }, { kind: 'sync-deleted' }])

    const overrun = bus.events.subscribe(projectId, new AbortController().signal)
    for (let n = 1; n <= 2000; n++) bus.events.publish({ kind: 'secrets', projectId, folderId: String(n) })
    await expect(overrun[Symbol.asyncIterator]().next()).rejects.toThrow('Live events were missed')
  })

  it.skipIf(!inject('postgresUrl'))(
    'reach the other processes of a fleet; after the connection was lost, subscriptions fail and new ones hear the rest',
    async () => {
      const databaseUrl = await createDatabase()
      const [here, there] = [postgresEvents({ databaseUrl, log }), postgresEvents({ databaseUrl, log })]
      closing.push(here.close, there.close)
      const far = collect(there, new AbortController().signal)
      let n = 0
      const arrives = (after: number) =>
        expect.poll(
          () => {
            here.events.publish(event(++n))
            return far.seen.some((seen) => seen > after)
          },
          { timeout: 60_000 },
        )
      await arrives(0).toBe(true)

      const admin = new pg.Client({ connectionString: databaseUrl })
      await admin.connect()
      closing.push(() => admin.end())
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keyferry-events'`,
      )
      const before = far.missed.length
      await expect.poll(() => far.missed.slice(before), { timeout: 60_000 }).not.toEqual([])
      await arrives(n).toBe(true)
    },
  )
})
