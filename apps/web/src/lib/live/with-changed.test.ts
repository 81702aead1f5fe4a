import { comparePlaces, orderText } from '@keyferry/schemas/sync-order'
import { describe, expect, it } from 'vitest'
import type { ListedSync, SyncsPage } from '../server/types.ts'
import { withChanged } from './with-changed.ts'

const ORDER = { orderBy: 'status', descending: false } as const
const place = (sync: ListedSync) => ({ id: sync.id, text: orderText(sync, ORDER.orderBy) })

function sync(name: string, status: ListedSync['status'] = 'in-sync'): ListedSync {
  return {
    id: `id of ${name}`,
    name,
    description: null,
    autoSync: true,
    projectId: 'project',
    connection: { id: 'connection', name: 'account' },
    environment: { slug: 'dev' },
    folder: { id: 'folder', path: '/' },
    destination: 'devin',
    destinationTitle: 'Devin',
    targetLabel: 'org',
    targetUrl: null,
    status,
    reason: null,
    since: null,
    blocked: null,
    leaving: null,
    removal: null,
    lastRun: null,
  }
}

/** Two pages of three, of the first six of ten; with the rest, all ten. */
function pagesOf(names: string, nextCursor: string | null): SyncsPage[] {
  const syncs = Array.from(names, (name) => sync(name))
  return [
    { syncs: syncs.slice(0, 3), total: 10, nextCursor: 'after c' },
    { syncs: syncs.slice(3), total: 10, nextCursor },
  ]
}
const change = (pages: SyncsPage[], ids: string, changed: ListedSync[]) =>
  withChanged(pages, new Set(Array.from(ids, (name) => `id of ${name}`)), changed, ORDER)
const names = (pages: SyncsPage[]) => pages.flatMap(({ syncs }) => syncs.map(({ name }) => name)).join('')

describe('a list of which some syncs changed', () => {
  it('has each in its new place', () => {
    const pages = change(pagesOf('abcdef', 'after f'), 'e', [sync('e', 'needs-attention')])
    expect(names(pages)).toBe('eabcdf')
    expect(
      pages
        .flatMap(({ syncs }) => syncs)
        .map(place)
        .toSorted((a, b) => comparePlaces(a, b, false)),
    ).toEqual(pages.flatMap(({ syncs }) => syncs).map(place))
    expect(pages.at(-1)).toMatchObject({ total: 10, nextCursor: 'after f' })
  })

  it('gets one of a later page that now comes first, and loses one that a later page has now', () => {
    expect(names(change(pagesOf('abcdef', 'after f'), 'x', [sync('x', 'needs-attention')]))).toBe('xabcdef')
    expect(names(change(pagesOf('abcdef', 'after f'), 'x', [sync('x')]))).toBe('abcdef')
    expect(names(change(pagesOf('abcdef', 'after f'), 'b', [{ ...sync('z'), id: 'id of b' }]))).toBe('acdef')
  })

  it('loses what is deleted or no longer matches, and counts the rest once all is read', () => {
    const pages = change(pagesOf('abcdefghij', null), 'aj', [])
    expect(names(pages)).toBe('bcdefghi')
    expect(pages.map(({ total }) => total)).toEqual([8, 8])
    expect(names(change(pagesOf('abcdefghij', null), 'z', [sync('z')]))).toBe('abcdefghijz')
  })
})
