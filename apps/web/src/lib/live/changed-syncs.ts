/** Lists of syncs after live events: of a long list, only the syncs that changed are read again. */
import type { InfiniteData, Query, QueryKey } from '@tanstack/react-query'
import { chunks } from '../server/chunks.ts'
import { markQueryStale } from '../server/stale.ts'
import { direct, queryClient } from '../server/trpc.ts'
import type { BriefSync, SyncsPage } from '../server/types.ts'
import { withChanged, type Order } from './with-changed.ts'

interface Asked {
  input: Parameters<typeof direct.syncs.page.query>[0] & Order
  type: string
}

/** Ids that fit into the address of a request. */
const AT_ONCE = 50

/** Reads syncs that changed into the lists that show them; those that change meanwhile are read together after that. */
export function changedSyncs(projectId: string): (syncIds: ReadonlySet<string>) => void {
  const waiting = new Set<string>()
  let isReading = false
  const read = async (): Promise<void> => {
    isReading = true
    while (waiting.size > 0) {
      const [ids = []] = chunks([...waiting], AT_ONCE)
      for (const id of ids) waiting.delete(id)
      await Promise.all(listsOf(projectId).map((query) => update(query, projectId, new Set(ids))))
    }
    isReading = false
  }
  return (syncIds) => {
    for (const id of syncIds) waiting.add(id)
    if (!isReading) void read()
  }
}

const cache = queryClient.getQueryCache()
const listsOf = (projectId: string): Query[] =>
  [
    ['syncs', 'page'],
    ['syncs', 'briefs'],
  ]
    .flatMap((path) => cache.findAll({ queryKey: [path] }))
    .filter((query) => askedOf(query.queryKey)?.input.projectId === projectId)

/** What a query's key says of its request, as tRPC makes it. */
const askedOf = ([, asked]: QueryKey): Asked | undefined => (isAsked(asked) ? asked : undefined)
const isAsked = (asked: unknown): asked is Asked => typeof asked === 'object' && asked !== null && 'input' in asked

/** A list that nobody shows, that is short, or that is being read anyway is read as a whole, the next time or again. */
async function update(query: Query, projectId: string, ids: ReadonlySet<string>): Promise<void> {
  const { queryKey } = query
  const asked = askedOf(queryKey)
  const { dataUpdatedAt, data } = query.state
  const isBriefs = Array.isArray(data)
  if (!asked || !isAtRest(query) || (!isBriefs && asked.type !== 'infinite')) return markQueryStale(queryKey)
  try {
    const list = isBriefs ? { projectId } : asked.input
    const { syncs } = await direct.syncs.page.query({ ...list, syncIds: [...ids].join(','), limit: AT_ONCE })
    // Somebody may have begun to read it as a whole, before or after the change.
    if (!isAtRest(query) || query.state.dataUpdatedAt !== dataUpdatedAt) return await markQueryStale(queryKey)
    const options = { updatedAt: dataUpdatedAt }
    if (isBriefs) queryClient.setQueryData<BriefSync[]>(queryKey, (briefs) => withBriefs(briefs, ids, syncs), options)
    else
      queryClient.setQueryData<InfiniteData<SyncsPage>>(
        queryKey,
        (list) => list && { ...list, pages: withChanged(list.pages, ids, syncs, asked.input) },
        options,
      )
  } catch {
    await markQueryStale(queryKey)
  }
}

const isAtRest = (query: Query): boolean =>
  query.isActive() && query.state.fetchStatus === 'idle' && query.state.data !== undefined && !query.state.isInvalidated

/** Each in its place, new ones first. */
function withBriefs(
  briefs: readonly BriefSync[] | undefined,
  ids: ReadonlySet<string>,
  changed: readonly BriefSync[],
): BriefSync[] | undefined {
  const byId = new Map(changed.map((sync) => [sync.id, sync]))
  const known = new Set(briefs?.map(({ id }) => id))
  return (
    briefs && [
      ...changed.filter(({ id }) => !known.has(id)),
      ...briefs.flatMap((sync) => (ids.has(sync.id) ? (byId.get(sync.id) ?? []) : sync)),
    ]
  )
}
