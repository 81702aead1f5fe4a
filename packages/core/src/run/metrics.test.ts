/** What a process counts and writes to its log, through whole runs. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { createConnection } from '../connections/connections.ts'
import { countDue } from '../sync/due.ts'
import { oldestBehindSeconds, syncsByState } from '../sync/figures.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { runSync } from './run.ts'

const [destination = ''] = (await representatives()).keys()
const VALUE = 'the-value-that-must-not-show'
const KEY = 'NAME_OF_A_KEY'

/** The samples of a page, such as `keyferry_runs_total{destination="devin",…}` to 1. */
const samples = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

onEveryDatabase('metrics and log', (open) => {
  it('show runs, deliveries, calls, retries and what is due; no name and no value', async () => {
    const lines: Record<string, unknown>[] = []
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const ctx = {
      ...fixture.ctx,
      log: pino(
        { level: 'info' },
        { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
      ),
    }
    ctx.metrics.watch({
      dueSyncs: () => countDue(ctx),
      syncs: () => syncsByState(ctx),
      oldestBehind: () => oldestBehindSeconds(ctx),
    })
    const run = async (id: string) => {
      while ((await runSync(ctx, id, new AbortController().signal)).again) continue
    }
    const page = async () => samples((await ctx.metrics.expose()).text)
    const label = `destination="${destination}"`

    await fixture.set({ [KEY]: VALUE })
    const sync = await fixture.create()
    expect((await page()).get('keyferry_due_syncs')).toBe(1)
    fixture.clock.advance(3_000)
    const waiting = await page()
    expect(waiting.get('keyferry_syncs{state="pending"}')).toBe(1)
    expect(waiting.get('keyferry_syncs{state="paused"}')).toBe(0)
    expect(waiting.get('keyferry_oldest_sync_behind_seconds')).toBe(3)
    await run(sync.id)

    fixture.emulator.fail(1, { kind: 'status', status: 401 })
    await triggerSync(ctx, fixture.actor, { destination, syncId: sync.id })
    await run(sync.id)
    fixture.emulator.heal()
    for (let n = 1; n < 10; n++) fixture.emulator.fail(n, { kind: 'status', status: 503 })
    await triggerSync(ctx, fixture.actor, { destination, syncId: sync.id })
    await run(sync.id)
    fixture.emulator.heal()
    fixture.clock.advance(60_000)
    await run(sync.id)

    const seen = await page()
    expect(seen.get('keyferry_due_syncs')).toBe(0)
    expect(seen.get('keyferry_syncs{state="succeeded"}')).toBe(1)
    expect(seen.get('keyferry_oldest_sync_behind_seconds')).toBe(0)
    // What was not watched here is left out.
    expect(seen.get('keyferry_data_disk_free_bytes')).toBeNaN()
    expect(seen.get(`keyferry_runs_total{${label},kind="sync",state="succeeded"}`)).toBe(2)
    expect(seen.get(`keyferry_runs_total{${label},kind="sync",state="failed"}`)).toBe(2)
    expect(seen.get(`keyferry_run_retries_total{${label}}`)).toBe(1)
    expect(seen.get(`keyferry_run_seconds_count{${label}}`)).toBe(4)
    // From the wish to the end of the run that answered it: 3 s, and 60 s with the failures between.
    expect(seen.get(`keyferry_delivery_seconds_count{${label}}`)).toBe(2)
    expect(seen.get(`keyferry_delivery_seconds_sum{${label}}`)).toBe(63)
    expect(seen.get(`keyferry_vendor_calls_total{${label},status="401"}`)).toBe(1)
    expect(seen.get(`keyferry_vendor_calls_total{${label},status="503"}`)).toBeGreaterThan(0)
    expect(seen.get(`keyferry_vendor_calls_total{${label},status="200"}`)).toBeGreaterThan(0)
    const { text } = await ctx.metrics.expose()
    for (const hidden of [KEY, VALUE, 'Shop', 'emulated', sync.id, fixture.projectId])
      expect(text).not.toContain(hidden)

    const ended = lines.filter((line) => line.msg === 'run ended')
    expect(ended.map(({ state }) => state)).toEqual(['succeeded', 'failed', 'failed', 'succeeded'])
    expect(ended[0]).toMatchObject({ syncId: sync.id, destination, ms: 0, counts: { create: 1 }, retryInMs: null })
    expect(ended[0]?.calls).toBeGreaterThan(0)
    expect(ended[2]).toMatchObject({ errors: ['unavailable'], retryInMs: expect.any(Number) })
    expect(new Set(ended.map(({ runId }) => runId)).size).toBe(4)
    for (const line of lines) {
      expect(line).toMatchObject({ syncId: sync.id, runId: expect.any(String) })
      expect(JSON.stringify(line)).not.toContain(VALUE)
    }
  })

  it.each(['run', 'look for drift', 'departure'])('count the lease that a %s lost', async (what) => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, emulator } = fixture
    await fixture.set({ [KEY]: VALUE })
    const sync = await fixture.create()
    if (what !== 'run') await fixture.run(sync)
    if (what === 'look for drift') fixture.clock.advance(67 * 60_000)
    if (what === 'departure') {
      const elsewhere = await (await representatives()).get(destination)?.()
      if (!elsewhere) throw new Error(`no emulator for ${destination}`)
      onTestFinished(elsewhere.close)
      const { credentials } = elsewhere
      const connection = { destination, name: 'elsewhere', method: 'api-key' as const, credentials }
      const { id: connectionId } = await createConnection(ctx, actor, connection)
      await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId })
    }
    const before = emulator.log.length
    const release = emulator.hold()
    const going = runSync(ctx, sync.id, new AbortController().signal)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
    // Another run takes the target over, as if this one had slept.
    await ctx.db
      .updateTable('leases')
      .set((eb) => ({ fence: eb('fence', '+', 1), holder: 'another' }))
      .execute()
    release()
    await going
    const { text } = await ctx.metrics.expose()
    expect(samples(text).get(`keyferry_lease_losses_total{destination="${destination}"}`)).toBe(1)
  })
})
