import { describe, expect, it } from 'vitest'
import { pageOfSyncs } from './page-of-syncs.ts'

const sync = (index: number, changes: Partial<ReturnType<typeof plain>> = {}) => ({ ...plain(index), ...changes })
const plain = (index: number) => ({
  id: `id-${String(index).padStart(3, '0')}`,
  name: `Sync ${index % 7}`,
  destination: index % 2 === 0 ? 'devin' : 'trigger-dev',
  targetLabel: `target ${index % 3}`,
  connection: { name: `account ${index}` },
  environment: { slug: index % 5 === 0 ? 'prod' : 'dev' },
  folder: { path: `/service-${index % 4}` },
  status: index % 9 === 0 ? ('needs-attention' as const) : ('in-sync' as const),
  lastRun:
    index % 11 === 0 ? null : { startedAt: `2026-01-${String(1 + (index % 28)).padStart(2, '0')}T00:00:00.000Z` },
})
const SYNCS = Array.from({ length: 100 }, (_, index) => sync(index))
const plainly = { orderBy: 'status', descending: false, limit: 30 } as const
type Wanted = Parameters<typeof pageOfSyncs>[1]

/** All pages in a row; `between` changes the list before the next one is read. */
function read(wanted: Wanted, between = (syncs: typeof SYNCS): typeof SYNCS => syncs): string[] {
  let syncs = SYNCS
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = pageOfSyncs(syncs, { ...wanted, ...(cursor === undefined ? {} : { cursor }) })
    ids.push(...page.syncs.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
    syncs = between(syncs)
  } while (cursor !== undefined)
  return ids
}

describe('pages of syncs', () => {
  it.each(['status', 'name', 'source', 'destination', 'last-run'] as const)('has every sync once, by %s', (orderBy) => {
    const up = read({ ...plainly, orderBy })
    expect(up.toSorted()).toEqual(SYNCS.map(({ id }) => id))
    expect(read({ ...plainly, orderBy, limit: 1 })).toEqual(up)
    expect(read({ ...plainly, orderBy, descending: true })).toEqual(up.toReversed())
  })

  it('begins with those that need attention, by name', () => {
    const { syncs, total } = pageOfSyncs(SYNCS, plainly)
    expect(total).toBe(100)
    expect(syncs.slice(0, 12).map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'needs-attention'))
    expect(syncs[12]?.status).toBe('in-sync')
    const names = syncs.slice(0, 12).map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
  })

  it('finds a sync wherever it is, by name, account, source, destination and status', () => {
    const ids = (wanted: Partial<Wanted>) => pageOfSyncs(SYNCS, { ...plainly, ...wanted }).syncs.map(({ id }) => id)
    expect(ids({ search: 'ACCOUNT 99' })).toEqual(['id-099'])
    expect(ids({ search: 'prod:/service-3', destination: 'devin' })).toEqual([])
    expect(ids({ search: 'prod:/service-3', limit: 100 }).length).toBe(5)
    expect(ids({ status: 'needs-attention,paused', environment: 'prod' }).toSorted()).toEqual([
      'id-000',
      'id-045',
      'id-090',
    ])
    expect(ids({ syncIds: 'id-003,id-050,nobody' }).toSorted()).toEqual(['id-003', 'id-050'])
  })

  it('neither hides nor repeats a sync when those on pages that were read are deleted or change', () => {
    const expected = read({ ...plainly, orderBy: 'name' })
    const last = expected[29]
    const without = (syncs: typeof SYNCS) => syncs.filter(({ id }) => id !== last)
    expect(read({ ...plainly, orderBy: 'name' }, without)).toEqual(expected)
  })
})
