/** What a sync wrote, place by place: which keys are ours, under which ids, and a digest of what we put there. */
import {
  batchLoader,
  batchWriter,
  boundRows,
  chunks,
  inList,
  insertRows,
  keptQuery,
  valuesTable,
  type ColumnTypes,
  type Db,
  type LedgerTable,
  type Selectable,
  type Slot,
  type Tables,
} from '@keyferry/db'
import { timestamp, transactWithoutDiskWait, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import { isLedgerMarked, ledgerMark } from '@keyferry/kernel/authority'
import type { MadeOf } from '@keyferry/vault'
import type { Kysely, RawBuilder } from 'kysely'
import type { Flags } from '../destinations/destination.ts'
import { targetAliases } from '../sync/target-aliases.ts'

export interface LedgerEntry {
  /** The secret it was made from; empty when that is not known. */
  sourceKey: string
  /** The version of the source folder's own secret; null when it came through an import, or is not known. */
  version: number | null
  /** The versions of all secrets that went into the value; null: not known, or too many. */
  madeOf: MadeOf | null
  remoteIds: readonly string[]
  /** What the first listing after the write showed (`Observed.revision`); null before, and where there is none. */
  revision: string | null
  digest: string
  flags: Flags
  /** As `LedgerTable.intent`. */
  intent: 'replacing' | 'changing' | null
  writtenAt: string
}

/** One target as one sync sees it. */
export interface LedgerScope {
  syncId: string
  targetKey: string
  /** The data key of the sync's project. */
  dataKey: DataKey
}

type Row = Selectable<LedgerTable>

/** By name at the target: what the sync wrote at this place, whether it points there now or not. */
export async function readLedger(ctx: Context, db: Db | Tx, place: LedgerScope): Promise<Map<string, LedgerEntry>> {
  const { syncId, targetKey } = place
  const rows = await rowsOfSync(db, { syncId, targetKey })
  const written = rows.filter((row) => isOurs(ctx, place.dataKey, row))
  return new Map(written.map((row) => [row.key, entryOf(row)]))
}

type Place = Omit<LedgerScope, 'dataKey'>

const rowsOfSync = batchLoader(async (db: Db | Tx, places: readonly Place[]) => {
  const rows = await rowsOfSyncs(db, {
    syncIds: places.map(({ syncId }) => syncId),
    targetKeys: places.map(({ targetKey }) => targetKey),
  })
  const bySync = Map.groupBy(rows, (row) => row.syncId)
  return ({ syncId, targetKey }) => (bySync.get(syncId) ?? []).filter((row) => row.targetKey === targetKey)
})

const rowsOfSyncs = keptQuery((db, slot: Slot<{ syncIds: readonly string[]; targetKeys: readonly string[] }>) =>
  db
    .selectFrom('ledger')
    .where((eb) => inList(db, eb.ref('syncId'), slot('syncIds')))
    .where((eb) => inList(db, eb.ref('targetKey'), slot('targetKeys')))
    .select(LEDGER_COLUMNS),
)

/**
 * The names in the ledger of a sync at a target, including rows that are not sealed: nothing is deleted because of
 * them.
 */
export async function keysAt(db: Db | Tx, { syncId, targetKey }: Place): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger')
    .where('syncId', '=', syncId)
    .where('targetKey', '=', targetKey)
    .select('key')
    .execute()
  return rows.map(({ key }) => key)
}

/**
 * Whether Keyferry wrote this row. One that it did not is reported, and as good as not there: nothing is deleted for
 * it.
 */
export function isOurs(
  ctx: Context,
  dataKey: DataKey,
  row: Pick<Row, 'syncId' | 'targetKey' | 'key' | 'mark'>,
): boolean {
  if (isLedgerMarked(dataKey, row)) return true
  ctx.authority.refused('ledger', `${row.syncId} ${row.key}`)
  return false
}

/** Everything that is known to stand at a target, by name there. */
export interface TargetLedgers {
  /** What the sync itself wrote. */
  own: Map<string, LedgerEntry>
  /** What other syncs that point here wrote, with words for the other sync. */
  claimed: Map<string, string>
  /** What other syncs wrote before they were retargeted, and still have to remove, with words for the other sync. */
  left: Map<string, string>
}

/**
 * `id` null: of a sync that is not created yet. What is said of a sync is shown to everybody who can see its source, so
 * only syncs of the same source are named.
 */
export async function readTargetLedgers(
  ctx: Context,
  dataKey: DataKey,
  { targetKey, id: syncId, folderId }: { targetKey: string; id: string | null; folderId: string },
): Promise<TargetLedgers> {
  const aliases = targetAliases(targetKey)
  const rows = (await Promise.all(aliases.map((alias) => rowsOfTarget(ctx.db, alias)))).flat()
  const own = new Map<string, LedgerEntry>()
  const others = new Set<string>()
  for (const row of rows) {
    if (row.syncId !== syncId) others.add(row.syncId)
    else if (row.targetKey === targetKey && isOurs(ctx, dataKey, row)) own.set(row.key, entryOf(row))
  }
  const claimed = new Map<string, string>()
  const left = new Map<string, string>()
  if (others.size === 0) return { own, claimed, left }
  const syncs = new Map((await syncsById(ctx.db, { ids: [...others] })).map((sync) => [sync.id, sync]))
  for (const row of rows) {
    const sync = syncs.get(row.syncId)
    if (!sync) continue
    const words = sync.folderId === folderId ? `the sync ${sync.name}` : 'another sync'
    ;(aliases.includes(sync.targetKey) ? claimed : left).set(row.key, words)
  }
  return { own, claimed, left }
}

const rowsOfTarget = batchLoader(async (db: Db | Tx, targetKeys: readonly string[]) => {
  const byTarget = Map.groupBy(await rowsOfTargets(db, { targetKeys }), (row) => row.targetKey)
  return (targetKey) => byTarget.get(targetKey) ?? []
})

const rowsOfTargets = keptQuery((db, slot: Slot<{ targetKeys: readonly string[] }>) =>
  db
    .selectFrom('ledger')
    .where((eb) => inList(db, eb.ref('targetKey'), slot('targetKeys')))
    .select(LEDGER_COLUMNS),
)

/** Apart from their rows: a sync has thousands, and each would bring the sealed columns of its sync to be checked. */
const syncsById = keptQuery((db, slot: Slot<{ ids: readonly string[] }>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('ids')))
    .select(['id', 'name', 'folderId', 'targetKey']),
)

const COLUMN_TYPES: ColumnTypes<Row> = {
  syncId: 'text',
  targetKey: 'text',
  key: 'text',
  sourceKey: 'text',
  version: 'integer',
  madeOf: 'text',
  remoteIds: 'text',
  revision: 'text',
  digest: 'text',
  flags: 'text',
  intent: 'text',
  writtenAt: 'text',
  mark: 'text',
}

const columns = Object.keys(COLUMN_TYPES) as (keyof Row)[]
export const LEDGER_COLUMNS = columns.map((column) => `ledger.${column}` as const)

/** A stored row as the plan reads it. */
export const entryOf = (row: Row): LedgerEntry => ({
  sourceKey: row.sourceKey,
  version: row.version,
  madeOf: row.madeOf,
  remoteIds: JSON.parse(row.remoteIds),
  revision: row.revision,
  digest: row.digest,
  flags: JSON.parse(row.flags),
  intent: row.intent,
  writtenAt: row.writtenAt,
})

/** The same with digests as `key` makes them: an earlier generation of it may have made some. */
export function upgradeDigests(key: DataKey, ledger: ReadonlyMap<string, LedgerEntry>): Map<string, LedgerEntry> {
  return new Map([...ledger].map(([name, entry]) => [name, { ...entry, digest: key.upgradeDigest(entry.digest) }]))
}

type Source = Pick<LedgerEntry, 'sourceKey' | 'version' | 'madeOf'>

/** One thing to write down. */
export type Entry =
  | ({ kind: 'written'; key: string; remoteIds: readonly string[]; digest: string; flags: Flags } & Source & {
        /** Of what was not written but found equal: as it was shown. */
        revision?: string | undefined
      })
  /** The old value may be lost from here on; the new digest is not promised yet. */
  | ({ kind: 'replacing'; key: string; remoteIds: readonly string[]; flags: Flags } & Source)
  /** About to be written or deleted: until that is known to have landed, nobody knows what stands there. */
  | { kind: 'changing'; key: string }
  /** The change that was begun did not land: the value is the one that was written before. */
  | { kind: 'unchanged'; key: string }
  /** About to be made where nothing stood. */
  | ({ kind: 'creating'; key: string; flags: Flags } & Source)
  /** What was written before is what these versions give too. */
  | ({ kind: 'confirmed'; key: string } & Source)
  | { kind: 'gone'; key: string }

/** Writes entries in order; of several for one key the last counts. */
export async function record(ctx: Context, tx: Tx, place: LedgerScope, entries: readonly Entry[]): Promise<void> {
  const { syncId, targetKey } = place
  const gone = entries.filter((entry) => entry.kind === 'gone').map((entry) => entry.key)
  for (const keys of chunks(gone)) await deleteKeys(tx, { syncId, targetKey, keys })

  // A row with the key of one that is about to be created is not ours, so it is replaced whole.
  const written = entries.filter((entry) => entry.kind === 'written' || entry.kind === 'creating')
  for (const some of chunks(written)) {
    const rows = some.map((entry) => rowOf(ctx, place, entry))
    await replaceRows(tx, rows)
  }

  const replacing = entries.filter((entry) => entry.kind === 'replacing')
  for (const some of chunks(replacing)) {
    const rows = some.map((entry) => rowOf(ctx, place, entry))
    await intendReplacing(tx, rows)
  }

  const changing = entries.filter((entry) => entry.kind === 'changing').map((entry) => entry.key)
  for (const keys of chunks(changing)) await intendChanges(tx, { syncId, targetKey, keys })

  const unchanged = entries.filter((entry) => entry.kind === 'unchanged').map((entry) => entry.key)
  for (const keys of chunks(unchanged)) await withdrawChanges(tx, { syncId, targetKey, keys })

  const confirmed = entries.filter((entry) => entry.kind === 'confirmed')
  for (const some of chunks(confirmed)) await recordVersions(tx, place, some)
}

const deleteKeys = keptQuery((db, slot: Slot<Place & { keys: readonly string[] }>) =>
  db
    .deleteFrom('ledger')
    .where('syncId', '=', slot('syncId'))
    .where('targetKey', '=', slot('targetKey'))
    .where((eb) => inList(db, eb.ref('key'), slot('keys'))),
)

const inserted = (db: Kysely<Tables>, rows: RawBuilder<string>) =>
  insertRows<'ledger', Row>(db, 'ledger', rows, COLUMN_TYPES)

const replaceRows = batchWriter<Tx>(
  keptQuery((db, slot: Slot<{ rows: string }>) =>
    inserted(db, slot('rows')).onConflict((conflict) =>
      conflict.columns(['syncId', 'targetKey', 'key']).doUpdateSet((eb) => ({
        sourceKey: eb.ref('excluded.sourceKey'),
        version: eb.ref('excluded.version'),
        madeOf: eb.ref('excluded.madeOf'),
        remoteIds: eb.ref('excluded.remoteIds'),
        revision: eb.ref('excluded.revision'),
        digest: eb.ref('excluded.digest'),
        flags: eb.ref('excluded.flags'),
        intent: null,
        writtenAt: eb.ref('excluded.writtenAt'),
        mark: eb.ref('excluded.mark'),
      })),
    ),
  ),
)

const intendReplacing = batchWriter<Tx>(
  keptQuery((db, slot: Slot<{ rows: string }>) =>
    inserted(db, slot('rows')).onConflict((conflict) =>
      conflict.columns(['syncId', 'targetKey', 'key']).doUpdateSet({ intent: 'replacing' }),
    ),
  ),
)

/** Of keys that the ledger has. One that is being replaced says more already. */
const intendChanges = keptQuery((db, slot: Slot<Place & { keys: readonly string[] }>) =>
  db
    .updateTable('ledger')
    .set({ intent: 'changing' })
    .where('syncId', '=', slot('syncId'))
    .where('targetKey', '=', slot('targetKey'))
    .where((eb) => inList(db, eb.ref('key'), slot('keys')))
    .where('intent', 'is', null),
)

const withdrawChanges = keptQuery((db, slot: Slot<Place & { keys: readonly string[] }>) =>
  db
    .updateTable('ledger')
    .set({ intent: null })
    .where('syncId', '=', slot('syncId'))
    .where('targetKey', '=', slot('targetKey'))
    .where((eb) => inList(db, eb.ref('key'), slot('keys')))
    .where('intent', '=', 'changing'),
)

/** Of keys whose value stays as it was written: only what it is known to be made of changes. */
async function recordVersions(
  tx: Tx,
  { syncId, targetKey }: LedgerScope,
  confirmed: readonly ({ key: string } & Source)[],
): Promise<void> {
  const rows = confirmed.map(({ key, sourceKey, version, madeOf }) => ({ key, sourceKey, version, madeOf }))
  await confirmRows(tx, { syncId, targetKey, rows: boundRows(rows) })
}

type OfPlace = Place & { rows: string }
type Confirmed = Pick<Row, 'key' | 'sourceKey' | 'version' | 'madeOf'>

const confirmRows = keptQuery((db, slot: Slot<OfPlace>) =>
  db
    .updateTable('ledger')
    .from(
      valuesTable<Confirmed>(db, slot('rows'), {
        key: 'text',
        sourceKey: 'text',
        version: 'integer',
        madeOf: 'text',
      }).as('confirmed'),
    )
    .set((eb) => ({
      sourceKey: eb.ref('confirmed.sourceKey'),
      version: eb.ref('confirmed.version'),
      madeOf: eb.ref('confirmed.madeOf'),
    }))
    .where('ledger.syncId', '=', slot('syncId'))
    .where('ledger.targetKey', '=', slot('targetKey'))
    .whereRef('ledger.key', '=', 'confirmed.key'),
)

/**
 * Keeps what a listing shows of keys that were written since the last one. A row that was written again meanwhile stays
 * as it is.
 */
export async function recordRevisions(
  ctx: Context,
  { syncId, targetKey }: Place,
  seen: readonly SeenRevision[],
): Promise<void> {
  // A machine that fails right after may forget them: the next listing says the same.
  for (const some of chunks(seen)) {
    await transactWithoutDiskWait(ctx, (tx) => keepRevisions(tx, { syncId, targetKey, rows: boundRows(some) }))
  }
}

type SeenRevision = { key: string; revision: string; writtenAt: string }

const keepRevisions = keptQuery((db, slot: Slot<OfPlace>) =>
  db
    .updateTable('ledger')
    .from(valuesTable<SeenRevision>(db, slot('rows'), { key: 'text', revision: 'text', writtenAt: 'text' }).as('seen'))
    .set((eb) => ({ revision: eb.ref('seen.revision') }))
    .where('ledger.syncId', '=', slot('syncId'))
    .where('ledger.targetKey', '=', slot('targetKey'))
    .whereRef('ledger.key', '=', 'seen.key')
    .whereRef('ledger.writtenAt', '=', 'seen.writtenAt')
    .where('ledger.revision', 'is', null),
)

/**
 * Where the value there is not known the digest is empty: it equals none, so the next run writes it whatever happens.
 */
function rowOf(
  ctx: Context,
  { syncId, targetKey, dataKey }: LedgerScope,
  entry: Exclude<Entry, { kind: 'gone' | 'changing' | 'unchanged' | 'confirmed' }>,
): Row {
  const { kind, key, sourceKey, version, madeOf } = entry
  return {
    syncId,
    targetKey,
    key,
    sourceKey,
    version,
    madeOf,
    revision: kind === 'written' ? (entry.revision ?? null) : null,
    remoteIds: JSON.stringify(kind === 'creating' ? [] : entry.remoteIds),
    digest: kind === 'written' ? entry.digest : '',
    flags: JSON.stringify(entry.flags),
    intent: kind === 'replacing' ? kind : null,
    writtenAt: timestamp(ctx),
    mark: ledgerMark(dataKey, { syncId, targetKey, key }),
  }
}
