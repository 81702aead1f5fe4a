/** One page of a list of syncs. Pure. */
import type { pageSyncs } from '@keyferry/schemas'
import { comparePlaces, isListed, orderText, type OrderedSync, type OrderPlace } from '@keyferry/schemas/sync-order'
import type { z } from 'zod'

type Wanted = Pick<
  z.output<typeof pageSyncs>,
  'search' | 'status' | 'destination' | 'environment' | 'syncIds' | 'orderBy' | 'descending' | 'cursor' | 'limit'
>

/**
 * The syncs of a page, how many all pages have, and the cursor for the next one; null after the last. A cursor is the
 * place of the last sync, so that a sync that comes or goes meanwhile neither hides nor repeats another.
 */
export function pageOfSyncs<Sync extends OrderedSync>(
  syncs: readonly Sync[],
  { orderBy, descending, cursor, limit, syncIds, ...filter }: Wanted,
): { syncs: Sync[]; total: number; nextCursor: string | null } {
  const ids = syncIds === undefined ? undefined : new Set(syncIds.split(','))
  const after = cursor === undefined ? undefined : placeOf(cursor)
  const listed = syncs
    .filter((sync) => (ids === undefined || ids.has(sync.id)) && isListed(sync, filter))
    .map((sync) => ({ sync, id: sync.id, text: orderText(sync, orderBy) }))
    .toSorted((a, b) => comparePlaces(a, b, descending))
  const rest = after ? listed.filter((each) => comparePlaces(each, after, descending) > 0) : listed
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    syncs: page.map(({ sync }) => sync),
    total: listed.length,
    nextCursor: rest.length > limit && last ? `${last.id} ${last.text}` : null,
  }
}

function placeOf(cursor: string): OrderPlace {
  const [id = ''] = cursor.split(' ', 1)
  return { id, text: cursor.slice(id.length + 1) }
}
