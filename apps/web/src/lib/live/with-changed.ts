import { comparePlaces, orderText, type SyncOrder } from '@keyferry/schemas/sync-order'
import type { ListedSync, SyncsPage } from '../server/types.ts'

export interface Order {
  orderBy: SyncOrder
  descending: boolean
}

/**
 * The pages of a list after syncs with these ids changed. `changed`: those of them that the list still shows. One that
 * now belongs behind the last page that was read comes with the next one. Pure.
 */
export function withChanged(
  pages: readonly SyncsPage[],
  ids: ReadonlySet<string>,
  changed: readonly ListedSync[],
  { orderBy, descending }: Order,
): SyncsPage[] {
  const [first, ...others] = pages
  const last = pages.at(-1)
  if (!first || !last) return []
  const placeOf = (sync: ListedSync) => ({ id: sync.id, text: orderText(sync, orderBy) })
  const compare = (a: ListedSync, b: ListedSync): number => comparePlaces(placeOf(a), placeOf(b), descending)
  const before = pages.flatMap(({ syncs }) => syncs)
  const end = before.at(-1)
  const isRead = (sync: ListedSync): boolean =>
    last.nextCursor === null || (end !== undefined && compare(sync, end) <= 0)
  const syncs = [...before.filter(({ id }) => !ids.has(id)), ...changed.filter(isRead)].toSorted(compare)
  const total = last.nextCursor === null ? syncs.length : last.total
  return [{ ...first, syncs, total }, ...others.map((page) => ({ ...page, syncs: [], total }))]
}
