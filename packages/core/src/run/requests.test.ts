/** What runs cost every destination: no more requests than its API allows at the least, and one to make sure. */
import { openSqliteStore } from '@keyferry/db/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sessionOf } from '../destinations/conformance/reconciler.ts'
import { minimumCallsOf } from '../destinations/emulators.ts'
import type { Work } from '../destinations/shared/emulators/minimum-calls.ts'
import { destinations } from '../destinations/registry.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { removeSecrets } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'

const numbered = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, at) => [`KEY_${at}`, `value ${at}`]))

describe('requests of a run', () => {
  it.for(destinations())('to $name are the fewest that its API allows', async (definition) => {
    const destination = definition.name
    const minimum = await minimumCallsOf(destination)
    const fixture = await startSyncFixture(openSqliteStore, destination)
    onTestFinished(fixture.close)
    // A token that a look has fetched is kept for an hour: it does not count.
    const { target, options } = definition
    const session = sessionOf(definition, fixture.emulator)
    await definition.open(session, target.parse(fixture.emulator.target), options.parse({})).list()
    const { ctx, actor, set, unset, create, run } = fixture
    await set(numbered(6))
    const sync = await create({ options: { deletionPolicy: 'owned' } })
    const at = { destination, syncId: sync.id }
    const none: Work = { held: 6, creates: 0, updates: 0, deletes: 0 }
    const cases: [what: string, prepare: () => Promise<unknown>, work: Work][] = [
      ['the first run', async () => {}, { ...none, held: 0, creates: 6 }],
      ['nothing changed', () => triggerSync(ctx, actor, at), none],
      ['one changed', () => set({ KEY_3: 'changed' }), { ...none, updates: 1 }],
      ['two deleted', () => unset('KEY_4', 'KEY_5'), { ...none, deletes: 2 }],
      ['all removed', () => removeSecrets(ctx, actor, at), { ...none, held: 4, deletes: 4 }],
    ]
    for (const [what, prepare, work] of cases) {
      await prepare()
      const { calls, row } = await run(sync)
      expect([row.state, row.removeState], `${what}: ${row.message}`).not.toContain('failed')
      const { requests, checks } = minimum(work)
      expect.soft(sumOf(calls), what).toBeLessThanOrEqual(requests + checks)
    }
    expect(fixture.contents()).toEqual({})
  })
})

it('what only writes need is read beside the listing, and not without new values', async () => {
  const fixture = await startSyncFixture(openSqliteStore, 'github')
  onTestFinished(fixture.close)
  const requests = () => fixture.emulator.log.map(({ path }) => path.replace(/^.*\//, '').replace(/\?.*$/, ''))
  await fixture.set({ A: 'one' })
  const sync = await fixture.create()
  const before = requests().length
  const release = fixture.emulator.hold((_, path) => path.includes('?per_page='))
  const ran = fixture.run(sync)
  await expect.poll(() => requests().slice(before)).toEqual(['secrets', 'public-key'])
  release()
  await ran
  await triggerSync(fixture.ctx, fixture.actor, { destination: 'github', syncId: sync.id })
  expect((await fixture.run(sync)).calls).toEqual({ GET: 1 })
})

describe('mirror', () => {
  it.for(destinations())('at $name deletes what the key schema covers, and nothing else', async (definition) => {
    const { name, limits } = definition
    const stored = (key: string): string => limits.storedName?.(key) ?? key
    const { emulator, set, create, run, contents, close } = await startSyncFixture(openSqliteStore, name)
    onTestFinished(close)
    await set({ A: 'a value', B: 'b value' })
    for (const key of ['KF_FOREIGN', 'OTHER']) emulator.put(stored(key), 'theirs')
    const sync = await create({ options: { deletionPolicy: 'mirror', keySchema: 'KF_{{secretKey}}' } })
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true })
    const held = { KF_A: 'a value', KF_B: 'b value', OTHER: 'theirs' }
    expect(contents()).toEqual(Object.fromEntries(Object.entries(held).map(([key, value]) => [stored(key), value])))
  })
})

const sumOf = (calls: Readonly<Record<string, number>>): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0)
