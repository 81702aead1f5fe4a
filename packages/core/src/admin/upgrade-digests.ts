/**
 * Bringing the ledger's digests and marks, and the digests in snapshots, up to the present generation of a project's
 * data key: without the values, and target by target under its lease, so that no run compares digests of two
 * generations.
 */
import { randomUUID } from 'node:crypto'
import { maintain, type Context, type Tx } from '@keyferry/kernel'
import { lockProject } from '@keyferry/vault'
import { takeLease } from '../lease/lease.ts'

const LEDGER_BATCH = 1000
/** Each has up to thousands of entries. */
const SNAPSHOT_BATCH = 20

/**
 * A run with the older key has ended once its target's lease is taken, and the next one has the new key. Resolves to
 * whether a running sync has to end first.
 */
export async function upgradeStoredDigests(ctx: Context, projectId: string): Promise<{ isWaiting: boolean }> {
  const places = await ctx.db
    .selectFrom('ledger')
    .innerJoin('syncs', 'syncs.id', 'ledger.syncId')
    .where('syncs.projectId', '=', projectId)
    .select(['ledger.syncId', 'ledger.targetKey'])
    .distinct()
    .execute()
  const idle = await ctx.db
    .selectFrom('syncs')
    .where('projectId', '=', projectId)
    .select(['id as syncId', 'targetKey'])
    .execute()
  let isWaiting = false
  for (const place of [...places, ...idle]) {
    const lease = await takeLease(ctx, place.targetKey, randomUUID())
    if (!lease) {
      isWaiting = true
      continue
    }
    try {
      for (let after: string | null = ''; after !== null;) {
        const from: Parameters<typeof upgradeLedger>[3] = { ...place, after }
        after = await maintain(ctx, (tx) => upgradeLedger(ctx, tx, projectId, from))
        await lease.check()
      }
      for (let after: string | null = ''; after !== null;) {
        const from: Parameters<typeof upgradeSnapshots>[3] = { syncId: place.syncId, after }
        after = await maintain(ctx, (tx) => upgradeSnapshots(ctx, tx, projectId, from))
        await lease.check()
      }
    } finally {
      await lease.release()
    }
  }
  return { isWaiting }
}

/** The digests and marks of keys after `after`. Resolves to the last of them; null: there are no more. */
async function upgradeLedger(
  ctx: Context,
  tx: Tx,
  projectId: string,
  { syncId, targetKey, after }: { syncId: string; targetKey: string; after: string },
): Promise<string | null> {
  const dataKey = await lockProject(ctx, tx, projectId)
  const rows = await tx
    .selectFrom('ledger')
    .where('syncId', '=', syncId)
    .where('targetKey', '=', targetKey)
    .where('key', '>', after)
    .orderBy('key')
    .select(['key', 'digest', 'mark'])
    .limit(LEDGER_BATCH)
    .execute()
  for (const { key, ...row } of rows) {
    const [digest, mark] = [dataKey.upgradeDigest(row.digest), dataKey.upgradeDigest(row.mark)]
    if (digest === row.digest && mark === row.mark) continue
    await tx
      .updateTable('ledger')
      .set({ digest, mark })
      .where('syncId', '=', syncId)
      .where('targetKey', '=', targetKey)
      .where('key', '=', key)
      .execute()
  }
  return rows.length < LEDGER_BATCH ? null : (rows.at(-1)?.key ?? null)
}

interface Content {
  entries?: { digest?: string }[]
}

/**
 * The digests of snapshots whose hash comes after `after`. Resolves to the last of them; null: there are no more. Their
 * hashes stay: a run under the new generation that leaves the same keeps a snapshot of its own.
 */
async function upgradeSnapshots(
  ctx: Context,
  tx: Tx,
  projectId: string,
  { syncId, after }: { syncId: string; after: string },
): Promise<string | null> {
  const key = await lockProject(ctx, tx, projectId)
  const rows = await tx
    .selectFrom('snapshots')
    .where('syncId', '=', syncId)
    .where('hash', '>', after)
    .orderBy('hash')
    .select(['id', 'hash', 'content'])
    .limit(SNAPSHOT_BATCH)
    .execute()
  for (const { id, content: stored } of rows) {
    const parsed: Content = JSON.parse(stored)
    const entries = parsed.entries?.map((entry) =>
      entry.digest === undefined ? entry : { ...entry, digest: key.upgradeDigest(entry.digest) },
    )
    const content = JSON.stringify({ ...parsed, ...(entries ? { entries } : {}) })
    if (content !== stored) await tx.updateTable('snapshots').set({ content }).where('id', '=', id).execute()
  }
  return rows.length < SNAPSHOT_BATCH ? null : (rows.at(-1)?.hash ?? null)
}
