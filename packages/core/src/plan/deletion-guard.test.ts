import { deletionsText } from '@keyferry/schemas'
import { expect, it } from 'vitest'
import { deletionGuard } from './deletion-guard.ts'
import { makePlan, type ObservedKey } from './plan.ts'

/**
 * A target that holds `ours` written keys and `foreign` others; `kept` of them are still desired, then `renamed` under
 * another name, `added` are new.
 */
function blown({
  ours = 0,
  kept = 0,
  renamed = 0,
  added = 0,
  foreign = 0,
  outside = 0,
  written = 'ours',
}): string | null {
  const key = (kind: string, i: number) => `${kind}_${i}`
  const ledger = Array.from({ length: ours }, (_, i) => key(written, i))
  const list = (kind: string, n: number) => Array.from({ length: n }, (_, i) => key(kind, i))
  const observed: ObservedKey[] = [...ledger, ...list('foreign', foreign), ...list('OUT', outside)].map((name) => ({
    key: name,
    remoteIds: [],
    flags: {},
  }))
  const wanted = new Map([
    ...ledger.slice(0, kept).map((name) => [name, name] as const),
    ...ledger.slice(kept, kept + renamed).map((name) => [`again_${name}`, name] as const),
    ...list('new', added).map((name) => [name, name] as const),
  ])
  const covers = (name: string) => !name.startsWith('OUT')
  const plan = makePlan({
    desired: {
      entries: new Map(
        [...wanted].map(([name, sourceKey]) => [
          name,
          { sourceKey, version: 1, madeOf: null, value: '', flags: {}, digest: 'd' },
        ]),
      ),
      refused: new Map(),
    },
    observed,
    ledger: new Map(
      ledger.map((name) => [
        name,
        {
          sourceKey: name,
          version: 1,
          madeOf: null,
          remoteIds: [],
          digest: 'd',
          flags: {},
          intent: null,
          revision: null,
          writtenAt: '',
        },
      ]),
    ),
    policy: 'owned',
    covers,
    maxKeys: null,
    claimed: new Map(),
    excludes: () => false,
  })
  const deletions = deletionGuard(plan, observed, covers)
  return deletions && deletionsText(deletions)
}

it('lets plans without a delete through', () => {
  expect(blown({ ours: 20, kept: 20, added: 3 })).toBeNull()
  expect(blown({})).toBeNull()
})

it('blows when the target would be left empty, however small', () => {
  expect(blown({ ours: 1, kept: 0 })).toMatch(/last key/)
  expect(blown({ ours: 9, kept: 0 })).toMatch(/all 9 keys/)
  expect(blown({ ours: 9, kept: 0, added: 1 })).toBeNull()
  expect(blown({ ours: 9, kept: 0, foreign: 1, outside: 1 })).toMatch(/9 of 10/)
  expect(blown({ ours: 1, kept: 0, outside: 1 })).toBeNull()
})

it('blows above 30 % of ten or more keys', () => {
  expect(blown({ ours: 10, kept: 7 })).toBeNull()
  expect(blown({ ours: 10, kept: 6 })).toMatch(/4 of 10/)
  expect(blown({ ours: 9, kept: 1 })).toBeNull()
  expect(blown({ ours: 1000, kept: 700 })).toBeNull()
  expect(blown({ ours: 1000, kept: 699 })).toMatch(/301 of 1000/)
})

it('counts only the keys this sync may touch', () => {
  expect(blown({ ours: 10, kept: 6, outside: 1000 })).toMatch(/4 of 10/)
})

it('does not take a new name for a loss, and does not overlook a loss outside a new key schema', () => {
  expect(blown({ ours: 20, renamed: 20 })).toBeNull()
  expect(blown({ ours: 20, renamed: 14 })).toBeNull()
  expect(blown({ ours: 20, renamed: 13 })).toMatch(/7 of 20/)
  expect(blown({ ours: 20, renamed: 10, written: 'OUT' })).toMatch(/10 of 20/)
  expect(blown({ ours: 40, renamed: 30, written: 'OUT' })).toBeNull()
})
