/** What a sync wrote at its target: which keys are ours, under which ids, and a digest of what we put there. */
import type { Db } from '@keyferry/db'
import { timestamp, type Context, type Tx } from '../context.ts'
import type { Flags } from '../destinations/destination.ts'

export interface LedgerEntry {
  remoteIds: readonly string[]
  digest: string
  flags: Flags
  /** `replacing`: a crash may have left the target without the key. */
  intent: 'replacing' | null
  writtenAt: string
}

/** By name at the target. */
export async function readLedger(db: Db | Tx, syncId: string): Promise<Map<string, LedgerEntry>> {
  const rows = await db.selectFrom('ledger').where('syncId', '=', syncId).selectAll().execute()
  return new Map(
    rows.map((row) => [
      row.key,
      { remoteIds: JSON.parse(row.remoteIds), digest: row.digest, flags: JSON.parse(row.flags), intent: row.intent, writtenAt: row.writtenAt },
    ]),
  )
}

/** What other syncs wrote at the same target: key to the other sync's name. */
export async function claimedByOthers(db: Db | Tx, targetKey: string, syncId: string | null): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('syncs', 'syncs.id', 'ledger.syncId')
    .where('syncs.targetKey', '=', targetKey)
    .$if(syncId !== null, (query) => query.where('syncs.id', '!=', syncId))
    .select(['ledger.key', 'syncs.name'])
    .execute()
  return new Map(rows.map((row) => [row.key, row.name]))
}

/** One thing to write down. */
export type Entry =
  | { kind: 'written'; key: string; remoteIds: readonly string[]; digest: string; flags: Flags }
  /** The old value may be lost from here on; the new digest is not promised yet. */
  | { kind: 'replacing'; key: string; remoteIds: readonly string[]; flags: Flags }
  | { kind: 'gone'; key: string }

/** Writes entries in order; of several for one key the last counts. */
export async function record(ctx: Context, tx: Tx, syncId: string, entries: readonly Entry[]): Promise<void> {
  const gone = entries.filter((entry) => entry.kind === 'gone').map((entry) => entry.key)
  if (gone.length > 0) await tx.deleteFrom('ledger').where('syncId', '=', syncId).where('key', 'in', gone).execute()

  const written = entries.filter((entry) => entry.kind === 'written')
  for (const some of chunks(written, 100)) {
    await tx
      .insertInto('ledger')
      .values(
        some.map((entry) => ({
          syncId,
          key: entry.key,
          remoteIds: JSON.stringify(entry.remoteIds),
          digest: entry.digest,
          flags: JSON.stringify(entry.flags),
          intent: null,
          writtenAt: timestamp(ctx),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['syncId', 'key']).doUpdateSet((eb) => ({
          remoteIds: eb.ref('excluded.remoteIds'),
          digest: eb.ref('excluded.digest'),
          flags: eb.ref('excluded.flags'),
          intent: null,
          writtenAt: eb.ref('excluded.writtenAt'),
        })),
      )
      .execute()
  }

  const replacing = entries.filter((entry) => entry.kind === 'replacing')
  for (const some of chunks(replacing, 100)) {
    // An adopted key has no row yet: an empty digest equals none, so the next run writes it whatever happens.
    await tx
      .insertInto('ledger')
      .values(
        some.map((entry) => ({
          syncId,
          key: entry.key,
          remoteIds: JSON.stringify(entry.remoteIds),
          digest: '',
          flags: JSON.stringify(entry.flags),
          intent: 'replacing' as const,
          writtenAt: timestamp(ctx),
        })),
      )
      .onConflict((conflict) => conflict.columns(['syncId', 'key']).doUpdateSet({ intent: 'replacing' }))
      .execute()
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
