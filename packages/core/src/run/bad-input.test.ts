/** Secrets that a destination cannot store: an outcome for each key, while the others arrive and foreign keys stay. */
import { openSqliteStore } from '@keyferry/db/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { suiteKeys } from '../destinations/conformance/keys.ts'
import { destination as definitionOf, destinations } from '../destinations/registry.ts'
import { getRun } from '../history/runs.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'

/** A target that others use too, a run of these secrets, and what the run says of each key. */
async function afterRun(destination: string, secrets: (keys: ReturnType<typeof suiteKeys>) => Record<string, string>) {
  const fixture = await startSyncFixture(openSqliteStore, destination)
  onTestFinished(fixture.close)
  const keys = suiteKeys(definitionOf(destination), fixture.emulator)
  fixture.emulator.put(keys.stored('FOREIGN'), 'theirs')
  const wanted = secrets(keys)
  await fixture.set(wanted)
  const sync = await fixture.create({ options: { deletionPolicy: 'owned' } })
  const { row } = await fixture.run(sync)
  const runId = row.lastRun?.id ?? ''
  const { outcomes } = await getRun(fixture.ctx, fixture.actor, { destination, syncId: sync.id, runId })
  const rejected = new Map(outcomes.flatMap(({ key, state, reason }) => (state === 'rejected' ? [[key, reason]] : [])))
  return { contents: fixture.contents(), rejected, keys }
}

const HARD_VALUES = { EMPTY: '', NUL: 'before\0after', LARGE: 'large value '.repeat(90_000) }
const ALIKE = [
  ['AB', 'ab'],
  ['A_B', 'A-B'],
] as const

describe('a run with secrets that cannot be stored', () => {
  it.for(destinations().map(({ name }) => name))('to %s writes the others', async (destination) => {
    const refusedValues: string[] = []
    const { contents, rejected, keys } = await afterRun(destination, ({ stored, refusal }) => {
      const hard = Object.entries(HARD_VALUES).filter(([key, value]) => refusal(stored(key), value) !== null)
      refusedValues.push(...hard.map(([, value]) => value))
      return { A: 'a value', ...Object.fromEntries(hard) }
    })
    expect([...rejected.keys()].sort()).toHaveLength(refusedValues.length)
    expect([...rejected.values()].filter((reason) => /before|after|large value/.test(reason))).toEqual([])
    expect(contents).toEqual({ [keys.stored('A')]: 'a value', [keys.stored('FOREIGN')]: 'theirs' })
  })

  const merging = destinations().filter(({ limits }) => limits.storedName ?? limits.effectiveName)
  it.for(merging)('to $name: two names that become one there, and a third', async ({ name, limits }) => {
    const nameThere = (key: string): string => limits.effectiveName?.(key) ?? key
    const { contents, rejected, keys } = await afterRun(name, ({ stored, refusal }) => {
      const alike = ALIKE.find(
        (pair) =>
          new Set(pair.map((key) => nameThere(stored(key)))).size === 1 &&
          pair.every((key) => refusal(stored(key), 'a value') === null),
      )
      return { C: 'c value', ...Object.fromEntries((alike ?? []).map((key) => [key, `value of ${key}`])) }
    })
    expect(rejected.size).toBe(1)
    expect([...rejected.values()][0]).toContain('rename one of them')
    expect(Object.keys(contents)).toHaveLength(3)
    expect(contents).toMatchObject({ [keys.stored('C')]: 'c value', [keys.stored('FOREIGN')]: 'theirs' })
  })

  it('more than the target holds: what fits is written, the rest is named', async () => {
    const { contents, rejected } = await afterRun('cloudflare-workers', ({ fitting }) =>
      Object.fromEntries(
        Array.from({ length: fitting(1_000) + 2 }, (_, n) => [`KEY_${String(n).padStart(3, '0')}`, 'v']),
      ),
    )
    expect(Object.keys(contents)).toHaveLength(128)
    expect([...rejected]).toEqual(
      ['KEY_127', 'KEY_128', 'KEY_129'].map((key) => [key, expect.stringContaining('128 keys')]),
    )
    expect(contents.FOREIGN).toBe('theirs')
  })
})
