/** What a sync wrote, place by place: which keys are ours, under which ids, and a digest of what we put there. */
import { inList, batchLoader, type Db, type LedgerTable, type Selectable } from '@keyferry/db'
import { timestamp, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import type { Flags } from '../destinations/destination.ts'

export interface LedgerEntry {
  /** The secret it was made from; empty when that is not known. */
  sourceKey: string
  /** The version of the source folder's own secret; null when it came through an import, or is not known. */
  version: number | null
  remoteIds: readonly string[]
  digest: string
  flags: Flags
  /** `replacing`: a crash may have left the target without the key. */
  intent: 'replacing' | null
  writtenAt: string
}

/** One target as one sync sees it. */
export interface LedgerScope {
  syncId: string
  targetKey: string
}

/** By name at the target: what the sync wrote where it points now. */
export async function readLedger(db: Db | Tx, syncId: string): Promise<Map<string, LedgerEntry>> {
  const sync = await db.selectFrom('syncs').where('id', '=', syncId).select('targetKey').executeTakeFirst()
  return sync ? readLedgerAt(db, { syncId, targetKey: sync.targetKey }) : new Map()
}

/** By name at the target: what the sync wrote at this place, whether it points there now or not. */
export async function readLedgerAt(db: Db | Tx, { syncId, targetKey }: LedgerScope): Promise<Map<string, LedgerEntry>> {
  const rows = await db
    .selectFrom('ledger')
    .where('syncId', '=', syncId)
    .where('targetKey', '=', targetKey)
    .select(COLUMNS)
    .execute()
  return new Map(rows.map((row) => [row.key, entryOf(row)]))
}

/** Everything that is known to stand at a target, by name there. */
export interface TargetLedgers {
  /** What the sync itself wrote. */
  own: Map<string, LedgerEntry>
  /** What other syncs that point here wrote, with words for the other sync. */
  claimed: Map<string, string>
  /** What other syncs wrote before they were moved away, and have yet to take back, with words for the other sync. */
  left: Map<string, string>
}

/**
 * In one read. `id` null: of a sync that is not created yet. What is said of a sync is shown to everybody who may know its source, so only syncs of
 * the same source are named.
 */
export async function readTargetLedgers(
  db: Db | Tx,
  { targetKey, id: syncId, folderId }: { targetKey: string; id: string | null; folderId: string },
): Promise<TargetLedgers> {
  const rows = await rowsOfTarget(db, targetKey)
  const own = new Map<string, LedgerEntry>()
  const claimed = new Map<string, string>()
  const left = new Map<string, string>()
  for (const row of rows) {
    if (row.syncId === syncId) own.set(row.key, entryOf(row))
    else {
      const words = row.folderId === folderId ? `the sync ${row.name}` : 'another sync'
      ;(row.pointsAt === targetKey ? claimed : left).set(row.key, words)
    }
  }
  return { own, claimed, left }
}

const rowsOfTarget = batchLoader(async (db: Db | Tx, targetKeys: readonly string[]) => {
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('syncs', 'syncs.id', 'ledger.syncId')
    .where((eb) => inList(db, eb.ref('ledger.targetKey'), targetKeys))
    .select(COLUMNS)
    .select(['ledger.syncId', 'ledger.targetKey', 'syncs.name', 'syncs.folderId', 'syncs.targetKey as pointsAt'])
    .execute()
  const byTarget = Map.groupBy(rows, (row) => row.targetKey)
  return (targetKey) => byTarget.get(targetKey) ?? []
})

const COLUMNS = [
  'ledger.key',
  'ledger.sourceKey',
  'ledger.version',
  'ledger.remoteIds',
  'ledger.digest',
  'ledger.flags',
  'ledger.intent',
  'ledger.writtenAt',
] as const

const entryOf = (row: Omit<Selectable<LedgerTable>, 'syncId' | 'targetKey'>): LedgerEntry => ({
  sourceKey: row.sourceKey,
  version: row.version,
  remoteIds: JSON.parse(row.remoteIds),
  digest: row.digest,
  flags: JSON.parse(row.flags),
  intent: row.intent,
  writtenAt: row.writtenAt,
})

/** The same with digests as `key` makes them: an earlier generation of it may have made some. */
export function upgradeDigests(key: DataKey, ledger: ReadonlyMap<string, LedgerEntry>): Map<string, LedgerEntry> {
  return new Map([...ledger].map(([name, entry]) => [name, { ...entry, digest: key.lift(entry.digest) }]))
}

interface Source {
  sourceKey: string
  version: number | null
}

/** One thing to write down. */
export type Entry =
  | ({ kind: 'written'; key: string; remoteIds: readonly string[]; digest: string; flags: Flags } & Source)
  /** The old value may be lost from here on; the new digest is not promised yet. */
  | ({ kind: 'replacing'; key: string; remoteIds: readonly string[]; flags: Flags } & Source)
  /** About to be made where nothing stood. */
  | ({ kind: 'creating'; key: string; flags: Flags } & Source)
  | { kind: 'gone'; key: string }

/** Writes entries in order; of several for one key the last counts. */
export async function record(
  ctx: Context,
  tx: Tx,
  { syncId, targetKey }: LedgerScope,
  entries: readonly Entry[],
): Promise<void> {
  const gone = entries.filter((entry) => entry.kind === 'gone').map((entry) => entry.key)
  for (const some of chunks(gone, 500)) {
    await tx
      .deleteFrom('ledger')
      .where('syncId', '=', syncId)
      .where('targetKey', '=', targetKey)
      .where('key', 'in', some)
      .execute()
  }

  const written = entries.filter((entry) => entry.kind === 'written')
  for (const some of chunks(written, 100)) {
    await tx
      .insertInto('ledger')
      .values(
        some.map((entry) => ({
          syncId,
          targetKey,
          key: entry.key,
          sourceKey: entry.sourceKey,
          version: entry.version,
          remoteIds: JSON.stringify(entry.remoteIds),
          digest: entry.digest,
          flags: JSON.stringify(entry.flags),
          intent: null,
          writtenAt: timestamp(ctx),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['syncId', 'targetKey', 'key']).doUpdateSet((eb) => ({
          sourceKey: eb.ref('excluded.sourceKey'),
          version: eb.ref('excluded.version'),
          remoteIds: eb.ref('excluded.remoteIds'),
          digest: eb.ref('excluded.digest'),
          flags: eb.ref('excluded.flags'),
          intent: null,
          writtenAt: eb.ref('excluded.writtenAt'),
        })),
      )
      .execute()
  }

  const creating = entries.filter((entry) => entry.kind === 'creating')
  for (const some of chunks(creating, 100)) {
    await tx
      .insertInto('ledger')
      .values(some.map((entry) => unwritten(ctx, { syncId, targetKey }, { ...entry, remoteIds: [] }, null)))
      .onConflict((conflict) => conflict.columns(['syncId', 'targetKey', 'key']).doNothing())
      .execute()
  }

  const replacing = entries.filter((entry) => entry.kind === 'replacing')
  for (const some of chunks(replacing, 100)) {
    await tx
      .insertInto('ledger')
      .values(some.map((entry) => unwritten(ctx, { syncId, targetKey }, entry, 'replacing')))
      .onConflict((conflict) => conflict.columns(['syncId', 'targetKey', 'key']).doUpdateSet({ intent: 'replacing' }))
      .execute()
  }
}

/** A row of a key whose value there is not known: an empty digest equals none, so the next run writes it whatever happens. */
function unwritten(
  ctx: Context,
  place: LedgerScope,
  entry: { key: string; remoteIds: readonly string[]; flags: Flags } & Source,
  intent: 'replacing' | null,
) {
  return {
    ...place,
    key: entry.key,
    sourceKey: entry.sourceKey,
    version: entry.version,
    remoteIds: JSON.stringify(entry.remoteIds),
    digest: '',
    flags: JSON.stringify(entry.flags),
    intent,
    writtenAt: timestamp(ctx),
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
