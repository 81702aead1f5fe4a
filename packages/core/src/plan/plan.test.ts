import { planReasonText } from '@keyferry/schemas'
import { describe, expect, it } from 'vitest'
import type { DesiredEntry } from './desired.ts'
import type { LedgerEntry } from '../apply/ledger.ts'
import { makePlan, type DeletionPolicy, type ObservedKey, type PlanInput } from './plan.ts'

type Row = {
  name: string
  desired?: 'same' | 'other' | 'refused'
  ledger?: Partial<LedgerEntry>
  observed?: Partial<ObservedKey>
  policy?: DeletionPolicy
  covers?: boolean
  claimed?: string
  excluded?: true
  expect: readonly string[] | 'forget'
  reason?: RegExp
  takesOver?: boolean
}

/** The truth table of plan.ts, row by row. `expect` lists the actions; the ledger's digest is `same`. */
const TABLE: readonly Row[] = [
  { name: 'new', desired: 'same', expect: ['create'], reason: /^new$/ },
  { name: 'adopt', desired: 'same', observed: {}, expect: ['update'], reason: /already exists/, takesOver: true },
  {
    name: 'adopt another type',
    desired: 'same',
    observed: { otherType: 'a TOTP secret' },
    expect: ['update'],
    reason: /replaces a TOTP secret/,
    takesOver: true,
  },
  { name: 'keep', desired: 'same', ledger: {}, observed: {}, expect: ['keep'] },
  {
    name: 'drift: id',
    desired: 'same',
    ledger: {},
    observed: { remoteIds: ['id-2'] },
    expect: ['update'],
    reason: /drift: replaced/,
  },
  {
    name: 'drift: copies',
    desired: 'same',
    ledger: {},
    observed: { remoteIds: ['id-1', 'id-2'] },
    expect: ['update'],
    reason: /duplicated outside Keyferry/,
  },
  {
    name: 'drift: flag',
    desired: 'same',
    ledger: { flags: { secret: true } },
    observed: { flags: { secret: false } },
    expect: ['update'],
    reason: /flag "secret"/,
  },
  {
    name: 'drift: tag',
    desired: 'same',
    ledger: { flags: { tags: '[["team","core"]]' } },
    observed: { tags: { team: 'other', theirs: 'x' } },
    expect: ['update'],
    reason: /flag "tags"/,
  },
  {
    name: 'tags of others',
    desired: 'same',
    ledger: { flags: { tags: '[["team","core"]]' } },
    observed: { tags: { team: 'core', theirs: 'x' } },
    expect: ['keep'],
  },
  {
    name: 'drift: value',
    desired: 'same',
    ledger: {},
    observed: { digest: 'foreign' },
    expect: ['update'],
    reason: /value changed outside Keyferry/,
  },
  { name: 'readable and equal', desired: 'same', ledger: {}, observed: { digest: 'same' }, expect: ['keep'] },
  {
    name: 'drift: type',
    desired: 'same',
    ledger: {},
    observed: { otherType: 'a cookie secret' },
    expect: ['update'],
    reason: /changed to a cookie secret/,
  },
  { name: 'drift: removed', desired: 'same', ledger: {}, expect: ['create'], reason: /deleted outside/ },
  { name: 'changed', desired: 'other', ledger: {}, observed: {}, expect: ['update'], reason: /value changed/ },
  { name: 'changed, absent', desired: 'other', ledger: {}, expect: ['create'], reason: /value changed/ },
  {
    name: 'interrupted replacement',
    desired: 'same',
    ledger: { intent: 'replacing' },
    expect: ['create'],
    reason: /interrupted/,
  },
  {
    name: 'begun, and maybe landed',
    desired: 'same',
    ledger: { intent: 'changing' },
    observed: {},
    expect: ['update'],
    reason: /interrupted/,
  },
  { name: 'gone here, mirror', ledger: {}, observed: {}, policy: 'mirror', expect: ['delete'] },
  { name: 'gone here, owned', ledger: {}, observed: {}, policy: 'owned', expect: ['delete'] },
  { name: 'gone here, none', ledger: {}, observed: {}, policy: 'none', expect: ['keep'], reason: /left behind/ },
  {
    name: 'gone here, owned, outside a changed schema',
    ledger: {},
    observed: {},
    policy: 'owned',
    covers: false,
    expect: ['delete'],
  },
  { name: 'gone on both sides', ledger: {}, expect: 'forget' },
  { name: 'foreign, mirror', observed: {}, policy: 'mirror', expect: ['delete'], takesOver: true },
  { name: 'foreign, owned', observed: {}, policy: 'owned', expect: ['foreign'] },
  { name: 'foreign, none', observed: {}, policy: 'none', expect: ['foreign'] },
  {
    name: 'foreign, mirror, outside the schema',
    observed: {},
    policy: 'mirror',
    covers: false,
    expect: ['foreign'],
    reason: /outside/,
  },
  {
    name: 'not managed, mirror',
    observed: { notManaged: 'a personal secret' },
    policy: 'mirror',
    expect: ['foreign'],
    reason: /personal/,
  },
  {
    name: 'not managed, wanted',
    desired: 'same',
    observed: { notManaged: 'a personal secret' },
    expect: ['reject'],
    reason: /personal/,
  },
  {
    name: 'another type, mirror',
    observed: { otherType: 'a TOTP secret' },
    policy: 'mirror',
    expect: ['delete'],
    reason: /TOTP/,
  },
  { name: 'refused, new', desired: 'refused', expect: ['reject'], reason: /too odd/ },
  { name: 'refused, foreign there', desired: 'refused', observed: {}, policy: 'mirror', expect: ['reject'] },
  {
    name: 'refused, ours there, mirror',
    desired: 'refused',
    ledger: {},
    observed: {},
    policy: 'mirror',
    expect: ['delete', 'reject'],
  },
  {
    name: 'refused, ours there, owned',
    desired: 'refused',
    ledger: {},
    observed: {},
    policy: 'owned',
    expect: ['delete', 'reject'],
  },
  {
    name: 'refused, ours there, none',
    desired: 'refused',
    ledger: {},
    observed: {},
    policy: 'none',
    expect: ['reject'],
  },
  {
    name: 'another sync wrote it, mirror',
    observed: {},
    policy: 'mirror',
    claimed: 'the sync b',
    expect: ['foreign'],
    reason: /sync b/,
  },
  {
    name: 'another sync wrote it, wanted',
    desired: 'same',
    observed: {},
    claimed: 'the sync b',
    expect: ['reject'],
    reason: /sync b/,
  },
  {
    name: 'excluded, ours: kept though it is not wanted',
    ledger: {},
    observed: {},
    policy: 'mirror',
    excluded: true,
    expect: ['keep'],
    reason: /excluded/,
  },
  {
    name: 'excluded, not ours: kept under mirror',
    observed: {},
    policy: 'mirror',
    excluded: true,
    expect: ['foreign'],
    reason: /excluded/,
  },
  { name: 'excluded, gone at the target', ledger: {}, excluded: true, expect: 'forget' },
  {
    name: 'another sync took it over',
    ledger: {},
    observed: {},
    policy: 'mirror',
    claimed: 'the sync b',
    expect: ['foreign'],
    reason: /sync b/,
  },
]

describe('plan', () => {
  it.each(TABLE)('$name', (row) => {
    // Names that live on Object.prototype behave like any other.
    for (const key of ['KEY', '__proto__', 'constructor', 'toString']) {
      const plan = makePlan(inputOf(key, row))
      if (row.expect === 'forget') {
        expect(plan.forget).toEqual([key])
        expect(plan.changes).toEqual([])
        continue
      }
      expect(plan.changes.map((change) => change.action)).toEqual(row.expect)
      if (row.reason) expect(plan.changes.map(({ reason }) => planReasonText(reason))[0]).toMatch(row.reason)
      expect(plan.changes[0]?.takesOver).toBe(row.takesOver ?? row.name === 'another type, mirror')
      for (const action of row.expect) expect(plan.summary).toHaveProperty(action, 1)
    }
  })

  it('distinguishes a new name from a loss by its secret', () => {
    const entry = { sourceKey: 'A', version: 1, madeOf: null, value: 'v', flags: {}, digest: 'd' }
    const written = (sourceKey: string) => ({
      sourceKey,
      version: 1,
      madeOf: null,
      remoteIds: [],
      digest: 'd',
      flags: {},
      intent: null,
      revision: null,
      writtenAt: '',
    })
    const input: PlanInput = {
      ...empty(),
      desired: { entries: new Map([['NEW_A', entry]]), refused: new Map() },
      observed: ['OLD_A', 'OLD_B', 'OLD_C'].map((key) => ({ key, remoteIds: [], flags: {} })),
      ledger: new Map([
        ['OLD_A', written('A')],
        ['OLD_B', written('B')],
        ['OLD_C', written('')],
      ]),
    }
    const renames = (plan: ReturnType<typeof makePlan>) =>
      plan.changes.map(({ key, action, renamedTo }) => [key, action, renamedTo])
    expect(renames(makePlan(input))).toEqual([
      ['NEW_A', 'create', null],
      ['OLD_A', 'delete', 'NEW_A'],
      ['OLD_B', 'delete', null],
      ['OLD_C', 'delete', null],
    ])
    expect(renames(makePlan({ ...input, claimed: new Map([['NEW_A', 'other']]) }))).toContainEqual([
      'OLD_A',
      'delete',
      null,
    ])
    expect(makePlan({ ...input, policy: 'none' }).summary.delete).toBe(0)
  })

  it('has one hash for one difference, whatever the order and the reasons', () => {
    const entry = (key: string, digest: string) =>
      [key, { sourceKey: key, version: 1, madeOf: null, value: '', flags: {}, digest }] as const
    const plan = (entries: (readonly [string, DesiredEntry])[]) =>
      makePlan({ ...empty(), desired: { entries: new Map(entries), refused: new Map() } })
    const a = plan([entry('A', '1'), entry('B', '2')])
    expect(plan([entry('B', '2'), entry('A', '1')]).hash).toBe(a.hash)
    expect(plan([entry('A', '1'), entry('B', '3')]).hash).not.toBe(a.hash)
    expect(plan([entry('A', '1')]).hash).not.toBe(a.hash)
  })
})

function empty(): PlanInput {
  return {
    desired: { entries: new Map(), refused: new Map() },
    observed: [],
    ledger: new Map(),
    policy: 'mirror',
    covers: () => true,
    excludes: () => false,
    claimed: new Map(),
    maxKeys: null,
  }
}

function inputOf(key: string, row: Row): PlanInput {
  const entry = {
    sourceKey: key,
    version: 1,
    madeOf: null,
    value: 'v',
    flags: {},
    digest: row.desired === 'other' ? 'other' : 'same',
  }
  return {
    desired: {
      entries: new Map(row.desired === 'same' || row.desired === 'other' ? [[key, entry]] : []),
      refused: new Map(row.desired === 'refused' ? [[key, { sourceKey: key, reason: 'too odd', stays: false }]] : []),
    },
    observed: row.observed ? [{ key, remoteIds: ['id-1'], flags: {}, ...row.observed }] : [],
    ledger: new Map(
      row.ledger
        ? [
            [
              key,
              {
                sourceKey: key,
                version: 1,
                madeOf: null,
                remoteIds: ['id-1'],
                digest: 'same',
                flags: {},
                intent: null,
                revision: null,
                writtenAt: '2026-11-22T00:00:00.000Z',
                ...row.ledger,
              },
            ],
          ]
        : [],
    ),
    policy: row.policy ?? 'mirror',
    covers: () => row.covers ?? true,
    excludes: () => row.excluded === true,
    claimed: new Map(row.claimed === undefined ? [] : [[key, row.claimed]]),
    maxKeys: null,
  }
}
