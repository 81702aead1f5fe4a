import type { LiveEvent } from '@keyferry/schemas'
import { createDatabase } from '@keyferry/db/testing'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { localEvents, postgresEvents, type EventBus } from './events.ts'

const log = pino({ level: 'silent' })
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const projectId = '00000000-0000-4000-8000-000000000000'
const event = (n: number): LiveEvent => ({
  kind: 'sync',
  projectId,
  syncId: projectId,
  state: 'running',
  done: n,
  total: 1000,
})

/** Collects in the background what a subscription yields. */
function collect(bus: EventBus, signal: AbortSignal) {
  const seen: number[] = []
  const ended = (async () => {
    for await (const one of bus.events.subscribe(projectId, signal)) if (one.kind === 'sync') seen.push(one.done)
  })()
  return { seen, ended }
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

  it('reach the subscribers of their own project alone', async () => {
    const bus = localEvents()
    const other = '11111111-1111-4111-8111-111111111111'
    const arrived: string[] = []
    const elsewhere = (async () => {
      for await (const one of bus.events.subscribe(other, new AbortController().signal)) arrived.push(one.projectId)
    })()
    const here = collect(bus, new AbortController().signal)
    bus.events.publish(event(1))
    bus.events.publish({ ...event(2), projectId: other })
    bus.events.publish(event(3))
    await expect.poll(() => here.seen).toEqual([1, 3])
    expect(arrived).toEqual([other])
    await bus.close()
    await Promise.all([elsewhere, here.ended])
  })

  it('keep the newest for a subscriber that does not read', async () => {
    const bus = localEvents()
    const stop = new AbortController()
    const slow = bus.events.subscribe(projectId, stop.signal)
    for (let n = 1; n <= 5000; n++) bus.events.publish(event(n))
    const seen: number[] = []
    for await (const one of slow) {
      if (one.kind === 'sync') seen.push(one.done)
      if (seen.at(-1) === 5000) stop.abort()
    }
    expect(seen.length).toBeLessThanOrEqual(1000)
    expect(seen.at(-1)).toBe(5000)
  })

  it.skipIf(!inject('postgresUrl'))(
    'reach the other processes of a fleet, also after the connection was lost',
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
          { timeout: 15_000 },
        )
      await arrives(0).toBe(true)

      const admin = new pg.Client({ connectionString: databaseUrl })
      await admin.connect()
      closing.push(() => admin.end())
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keyferry-events'`,
      )
      await arrives(n).toBe(true)
    },
  )
})
