/** Two processes on one store and one account, against every kind of vendor, on every database. */
import { openPostgres } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { destination as destinationOf } from '../destinations/registry.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { createConnection, updateConnection } from './connections.ts'
import { openSession } from './open-session.ts'

await withRepresentatives('the limits of an account at', (open, destination) => {
  const start = async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    return { ...fixture, processes: [fixture.ctx, secondProcess(fixture.ctx, fixture.databaseUrl)] as const }
  }
  const secondProcess = (ctx: Context, databaseUrl: string | null): Context => {
    if (databaseUrl === null) return { ...ctx }
    const db = openPostgres(databaseUrl, 3)
    onTestFinished(() => db.destroy())
    return { ...ctx, db }
  }
  /** Looks at the target `times` times at once; the errors that this ends in. */
  const look = async (ctx: Context, connectionId: string, target: Record<string, unknown>, times = 1) => {
    const signal = new AbortController().signal
    const definition = destinationOf(destination)
    const { session, close } = await openSession(ctx, connectionId, { signal, rateLimits: definition.rateLimits })
    const client = definition.open(session, definition.target.parse(target), definition.options.parse({}))
    const looks = await Promise.allSettled(Array.from({ length: times }, () => client.list()))
    await close()
    return looks.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  }
  const buckets = async ({ db }: Context) =>
    (await db.selectFrom('paces').select('state').execute()).map(({ state }) => JSON.parse(state))

  it('are not written down while there is plenty', async () => {
    const { ctx, emulator, connectionId } = await start()
    expect(await look(ctx, connectionId, emulator.target, 50)).toEqual([])
    expect(await buckets(ctx)).toEqual([])
  })

  it('are kept by both together, and every call gets through', async () => {
    const { ctx, emulator, connectionId, processes } = await start()
    emulator.setRateLimit({ burst: 30, refill: 30, intervalMs: 500 })
    const errors = await Promise.all(processes.map((one) => look(one, connectionId, emulator.target, 40)))
    expect(errors).toEqual([[], []])
    const [bucket] = await buckets(ctx)
    const refused = emulator.log.filter(({ status }) => status === 429).length
    // A vendor that reports its budget is believed; with one that doesn't, refusals are the only source.
    expect(refused).toBeLessThanOrEqual(bucket.window === null ? 40 : 5)
  })

  it.each([
    ['seconds', () => '120'],
    ['a date', () => new Date(Date.now() + 120_000).toUTCString()],
  ])('a block in %s that one met is kept by the other, and by no other account', async (_, after) => {
    const { ctx, actor, emulator, connectionId, processes } = await start()
    const [one, other] = processes
    const another = await (await representatives()).get(destination)?.()
    if (!another) throw new Error(`no emulator for ${destination}`)
    onTestFinished(another.close)
    const { credentials } = another
    const connection = { destination, name: 'another', credentials }
    const { id } = await createConnection(ctx, actor, connection)

    emulator.fail(1, { kind: 'status', status: 429, headers: { 'retry-after': after() } })
    expect(await look(one, connectionId, emulator.target)).toMatchObject([{ kind: 'throttled' }])
    await expect.poll(() => buckets(ctx)).toHaveLength(1)
    const before = emulator.log.length
    const [error] = await look(other, connectionId, emulator.target, 3)
    if (!(error instanceof DestinationError)) throw error
    expect(error).toMatchObject({ kind: 'throttled', retryAt: expect.any(Date) })
    expect(Math.abs((error.retryAt?.getTime() ?? 0) - Date.now() - 120_000)).toBeLessThan(30_000)
    expect(emulator.log).toHaveLength(before)
    expect(await look(other, id, another.target)).toEqual([])

    // The store's clock was a year ahead when the block was noted.
    const [block] = await buckets(ctx)
    const year = 365 * 86_400_000
    const ahead = {
      ...block,
      pausedUntil: block.pausedUntil + year,
      refillsAt: block.refillsAt + year,
      reservedUntil: block.reservedUntil + year,
    }
    await ctx.db
      .updateTable('paces')
      .set({ state: JSON.stringify(ahead) })
      .execute()
    expect(await look(other, connectionId, emulator.target)).toEqual([])
    await ctx.db
      .updateTable('paces')
      .set({ state: JSON.stringify(block) })
      .execute()

    // Another key is another account.
    await updateConnection(ctx, actor, { destination, connectionId, credentials: emulator.credentials })
    expect(await look(other, connectionId, emulator.target)).toEqual([])
  })
})
