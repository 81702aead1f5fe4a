/**
 * What a target held after a run, as versions of the secrets it was made from, so that the run can be restored later.
 */
import { createHash, randomUUID } from 'node:crypto'
import {
  batchLoader,
  batchWriter,
  inList,
  insertRows,
  keptQuery,
  type Selectable,
  type Slot,
  type SnapshotTable,
} from '@keyferry/db'
import type { Context, DataKey, Tx } from '@keyferry/kernel'
import { readLedger, type LedgerEntry } from '../apply/ledger.ts'
import type { Flags } from '../destinations/destination.ts'
import type { Desired } from '../plan/desired.ts'
import { newestChain, nextLink } from './snapshot-chain.ts'

export interface Snapshot {
  /** The source folder then. */
  folderId: string
  /** Sorted by name. */
  entries: readonly SnapshotEntry[]
  /** Secrets of the source that did not get to the target: refused there, or failed in this run. */
  absent: readonly string[]
}

export interface SnapshotEntry {
  /** The name at the target. */
  name: string
  sourceKey: string
  /** Of the source folder's own secret; null when the value came through an import. */
  version: number | null
  digest: string
  flags: Flags
}

/** Inside the transaction that ends the run and holds its lease. Runs that leave the same share one; answers its id. */
export async function keepSnapshot(
  ctx: Context,
  tx: Tx,
  { id: syncId, targetKey, folderId, dataKey }: { id: string; targetKey: string; folderId: string; dataKey: DataKey },
  { desired, ledger: unchanged }: { desired: Desired; ledger: ReadonlyMap<string, LedgerEntry> | null },
): Promise<string> {
  const ledger = unchanged ?? (await readLedger(ctx, tx, { syncId, targetKey, dataKey }))
  const absent = [...desired.refused.values()].map(({ sourceKey }) => sourceKey)
  const entries: SnapshotEntry[] = []
  for (const name of [...desired.entries.keys()].sort()) {
    const wanted = desired.entries.get(name)
    const written = ledger.get(name)
    if (!wanted) continue
    if (!written || written.intent !== null || written.digest === '') absent.push(wanted.sourceKey)
    // A value that failed to arrive left the older one there, under the older version.
    else {
      const { version } = written.digest === wanted.digest ? wanted : written
      entries.push({ name, sourceKey: wanted.sourceKey, version, digest: written.digest, flags: written.flags })
    }
  }
  const snapshot: Snapshot = { folderId, entries, absent: absent.sort() }
  const hash = createHash('sha256').update(JSON.stringify(snapshot)).digest('hex')
  const shared = await kept(tx, { syncId, hash })
  if (shared !== undefined) return shared
  const id = randomUUID()
  const link = nextLink(await newestChain(tx, syncId), snapshot)
  await insertSnapshots(tx, [{ id, syncId, hash, ...link } satisfies Selectable<SnapshotTable>])
  return id
}

const insertSnapshots = batchWriter<Tx>(
  keptQuery((db, slot: Slot<{ rows: string }>) =>
    insertRows<'snapshots', Selectable<SnapshotTable>>(db, 'snapshots', slot('rows'), {
      id: 'text',
      syncId: 'text',
      hash: 'text',
      chain: 'integer',
      position: 'integer',
      content: 'text',
    }),
  ),
)

const kept = batchLoader(async (tx: Tx, asked: readonly { syncId: string; hash: string }[]) => {
  const rows = await snapshotsLike(tx, {
    syncIds: asked.map(({ syncId }) => syncId),
    hashes: asked.map(({ hash }) => hash),
  })
  return ({ syncId, hash }) => rows.find((row) => row.syncId === syncId && row.hash === hash)?.id
})

const snapshotsLike = keptQuery((db, slot: Slot<{ syncIds: readonly string[]; hashes: readonly string[] }>) =>
  db
    .selectFrom('snapshots')
    .where((eb) => inList(db, eb.ref('syncId'), slot('syncIds')))
    .where((eb) => inList(db, eb.ref('hash'), slot('hashes')))
    .select(['id', 'syncId', 'hash']),
)
