/**
 * Whatever a vendor answers and whatever it echoes, no value and no credential gets into an error, a log line, an event
 * or a row of the store. Every destination is found automatically.
 */
import { openSqliteStore } from '@keyferry/db/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { listConnections } from '../connections/list-connections.ts'
import { FAULTS, type NamedFault, secretsOf, VALUE_MARK } from '../destinations/conformance/faults.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destinations } from '../destinations/registry.ts'
import { getRun, listRuns } from '../history/runs.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'

const PLACES = [
  { place: 'the list', methods: ['GET'], turn: 0 },
  { place: 'writes and deletes', methods: ['POST', 'PUT', 'PATCH', 'DELETE'], turn: 1 },
]

/**
 * One fault of each sort: the way of an error through the pipeline depends on its kind. All faults meet each client in
 * the suite of its own folder.
 */
const sortOf = ({ name, kinds }: NamedFault): string =>
  /^\d/.test(name) ? `a status that means ${kinds.join(' or ')}` : name.replace(/nonsense .*/, 'nonsense')
const SORTS = [...Map.groupBy(FAULTS, sortOf).values()].flatMap(([first]) => first ?? [])

for (const [nth, definition] of destinations().entries()) {
  describe.concurrent(`what a run to ${definition.name} gives away`, () => {
    it.for(PLACES)('nothing, with trouble at $place', async ({ methods, turn }) => {
      // What leaks does not depend on the store: one is enough.
      const fixture = await startSyncFixture(openSqliteStore, definition.name)
      const lines: string[] = []
      fixture.ctx.log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
      try {
        // Every sort meets every destination in one of the places, and each place with every other destination.
        const sorts = SORTS.filter((_, index) => (index + nth + turn) % 2 === 0)
        const said = await throughFaults(fixture, definition, methods, sorts)
        const everything = said + lines.join('') + JSON.stringify(fixture.events) + (await fixture.everything())
        expect(everything.includes('KEY_GONE')).toBe(true)
        expect(
          [VALUE_MARK, ...secretsOf(definition, fixture.emulator)].filter((secret) => everything.includes(secret)),
        ).toEqual([])
      } finally {
        await fixture.close()
      }
    })
  })
}

/** One run into each fault, then one that converges. Answers all that was said of them. */
async function throughFaults(
  fixture: SyncFixture,
  { name: destination, limits }: DestinationDefinition,
  methods: readonly string[],
  faults: readonly NamedFault[],
): Promise<string> {
  const { ctx, actor, emulator, clock, set, unset, create, run } = fixture
  const said: unknown[] = []
  const gone = { KEY_GONE: `${VALUE_MARK} gone` }
  await set({ KEY_A: `${VALUE_MARK} first`, KEY_B: `${VALUE_MARK} b`, ...gone })
  const sync = await create()
  await run(sync)
  for (const [index, { fault, kinds, timeoutMs }] of faults.entries()) {
    // Waits as long as the product does: that is covered where the wait can be set.
    if (timeoutMs !== undefined) continue
    const value = `${VALUE_MARK} ${index}`
    await set({ KEY_A: value })
    await unset('KEY_GONE')
    // More than a request is repeated, so that it fails; but throttling is waited out, in real time.
    const times = kinds.includes('throttled') ? 1 : 6
    for (const method of methods) {
      // A vendor can echo only what it was sent: its list and its deletes carry no value.
      const sent = method === 'GET' || method === 'DELETE' ? '' : value
      for (let n = 1; n <= times; n++) emulator.fail(n, fault(emulator, sent), (asked) => asked === method)
    }
    said.push((await run(sync)).row)
    emulator.heal()
    clock.advance(20 * 60_000)
    await set(gone)
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    const { row } = await run(sync)
    said.push(row)
    expect(row.state).toBe('succeeded')
    const held = Object.entries({ KEY_A: value, KEY_B: `${VALUE_MARK} b`, ...gone })
    const stored = held.map(([key, text]) => [limits.storedName?.(key) ?? key, text])
    expect(fixture.contents()).toEqual(Object.fromEntries(stored))
  }
  const runs = await listRuns(ctx, actor, { destination, syncId: sync.id })
  expect(new Set(runs.map(({ state }) => state)).size).toBeGreaterThan(1)
  for (const { id } of runs) said.push(await getRun(ctx, actor, { destination, syncId: sync.id, runId: id }))
  said.push(await listConnections(ctx, actor, {}))
  return JSON.stringify(said)
}
