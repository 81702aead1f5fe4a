/**
 * How snapshots are stored: the first of a chain is whole, each later one has what differs from the one before, so a
 * run that changes little stores little.
 */
import { batchLoader, keptQuery, listTable, type Db, type Slot } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import { sql } from 'kysely'
import type { Snapshot, SnapshotEntry } from './snapshot.ts'

/** What a snapshot has that the one before it in its chain doesn't. Entries and names as in `Snapshot`. */
interface SnapshotDelta {
  folderId: string
  /** Added or changed. */
  entries: readonly SnapshotEntry[]
  /** Names. */
  gone: readonly string[]
  /** Left out: as before. */
  absent?: readonly string[]
}

/**
 * What the chain of a snapshot is above. In the text of a statement: the index of chains holds only those, and a store
 * uses it only where the statement says so before its values are there.
 */
export const IN_CHAIN = sql.lit(0)

export interface Link {
  chain: number
  position: number
  content: string
}

/**
 * Reading a chain takes longer with each link: a new one begins after so many, or once the links have half of what the
 * first has.
 */
const LONGEST_CHAIN = 500

/** The link that stores `after`: the next of `chain`, the sync's newest, or the first of a new one. */
export function nextLink(chain: readonly Link[], after: Snapshot): Link {
  const [first] = chain
  const last = chain.at(-1)
  const whole = { chain: (last?.chain ?? 0) + 1, position: 0, content: JSON.stringify(after) }
  if (!first || !last || last.position + 1 >= LONGEST_CHAIN) return whole
  const before = snapshotOf(chain)
  if (before.folderId !== after.folderId) return whole
  const content = JSON.stringify(deltaBetween(before, after))
  const links = chain.reduce((sum, link) => sum + link.content.length, content.length) - first.content.length
  return links > first.content.length / 2 ? whole : { chain: last.chain, position: last.position + 1, content }
}

/** What the last of `links` stands for: all of its chain up to it, or it alone where it is whole. */
function snapshotOf(links: readonly Link[]): Snapshot {
  const [first, ...deltas] = links
  if (!first || first.position !== 0) throw new Error('the chain of a snapshot has no beginning')
  const whole: Snapshot = JSON.parse(first.content)
  if (deltas.length === 0) return whole
  let { absent } = whole
  const entries = new Map(whole.entries.map((entry) => [entry.name, entry]))
  for (const { content } of deltas) {
    const delta: SnapshotDelta = JSON.parse(content)
    for (const name of delta.gone) entries.delete(name)
    for (const entry of delta.entries) entries.set(entry.name, entry)
    absent = delta.absent ?? absent
  }
  return { folderId: whole.folderId, entries: [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), absent }
}

function deltaBetween(before: Snapshot, after: Snapshot): SnapshotDelta {
  const old = new Map(before.entries.map((entry) => [entry.name, entry]))
  const entries = after.entries.filter((entry) => {
    const known = old.get(entry.name)
    old.delete(entry.name)
    return !known || !isSame(known, entry)
  })
  const sameAbsent = JSON.stringify(before.absent) === JSON.stringify(after.absent)
  return {
    folderId: after.folderId,
    entries,
    gone: [...old.keys()],
    ...(sameAbsent ? {} : { absent: after.absent }),
  }
}

const isSame = (one: SnapshotEntry, other: SnapshotEntry): boolean =>
  one.digest === other.digest &&
  one.version === other.version &&
  one.sourceKey === other.sourceKey &&
  JSON.stringify(one.flags) === JSON.stringify(other.flags)

/** The sync's newest chain, in order; empty when it has none. */
export const newestChain = batchLoader(async (tx: Tx, syncIds: readonly string[]) => {
  const chains = Map.groupBy(await newestLinks(tx, { syncIds }), ({ syncId }) => syncId)
  return (syncId): readonly Link[] => chains.get(syncId) ?? []
})

const newestLinks = keptQuery((db, slot: Slot<{ syncIds: readonly string[] }>) =>
  db
    .selectFrom(listTable(db, slot('syncIds')).as('asked'))
    .innerJoin('snapshots', (join) =>
      join
        .onRef('snapshots.syncId', '=', 'asked.entry')
        // Looked up once for a sync, not for each of its snapshots.
        .on('snapshots.chain', '=', (eb) =>
          eb
            .selectFrom('snapshots as newest')
            .whereRef('newest.syncId', '=', 'asked.entry')
            .where('newest.chain', '>', IN_CHAIN)
            .select((of) => of.fn.max('newest.chain').as('chain')),
        ),
    )
    .where('snapshots.chain', '>', IN_CHAIN)
    .orderBy('position')
    .select(['syncId', 'chain', 'position', 'content']),
)

/** The snapshot with this id; null when it is gone. */
export async function readSnapshot(db: Db | Tx, id: string): Promise<Snapshot | null> {
  const links = await db
    .selectFrom('snapshots as wanted')
    .innerJoin('snapshots as link', (join) =>
      join
        .onRef('link.syncId', '=', 'wanted.syncId')
        .onRef('link.chain', '=', 'wanted.chain')
        .onRef('link.position', '<=', 'wanted.position'),
    )
    .where('wanted.id', '=', id)
    .where('link.chain', '>', IN_CHAIN)
    .orderBy('link.position')
    .select(['link.chain', 'link.position', 'link.content'])
    .execute()
  if (links.length > 0) return snapshotOf(links)
  const alone = await db
    .selectFrom('snapshots')
    .where('id', '=', id)
    .where('chain', '=', 0)
    .select(['chain', 'position', 'content'])
    .executeTakeFirst()
  return alone ? snapshotOf([alone]) : null
}
