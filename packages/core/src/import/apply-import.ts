/** Carries an import out: the folder's new versions, the ledger and the audit row in one transaction. */
import { amend } from '@keyferry/db'
import { audit, Conflict, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { ImportPriority, SyncMessage } from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import {
  openForPlainValues,
  presentSecrets,
  putSecrets,
  withVaultTransaction,
  madeOfOne,
  type MadeOf,
  type Reads,
} from '@keyferry/vault'
import { record, type Entry } from '../apply/ledger.ts'
import type { OpenTarget } from '../apply/target.ts'
import { refusalOf } from '../destinations/refusal.ts'
import type { Lease } from '../lease/lease.ts'
import { digestOf } from '../plan/desired.ts'
import { contradictsFlag } from '../plan/plan.ts'
import { firstImportOf, type StoredOptions } from '../sync/options.ts'
import { findImport } from './find-import.ts'
import type { ImportPlan, Taken } from './plan-import.ts'

export interface ImportOrder {
  sync: { id: string; name: string; projectId: string; folderId: string; targetKey: string }
  priority: ImportPriority
  /** The folders that the values in the vault may come from. */
  reads: Reads
  jobId: string
  lease: Lease
  /** Throws when this is not the plan to carry out. */
  review?: (plan: ImportPlan) => void
  /** Throws when the import is no longer allowed, under the project's lock. */
  verify?: (tx: Tx) => Promise<void>
}

/**
 * Imports what the target holds. Values are stored as text: what looks like a reference stays as it is. Keys whose
 * value the vault then has are adopted, so that the next run writes nothing. Throws like `findImport`, and before
 * anything was written `LeaseLost`, `QuotaExceeded`, `Forbidden`, and `Conflict` when the sync was edited meanwhile.
 */
export async function applyImport(
  ctx: Context,
  actor: Actor,
  target: OpenTarget,
  order: ImportOrder,
): Promise<ImportPlan> {
  for (;;) {
    const plan = await findImport(ctx, target, order.priority, order.reads)
    order.review?.(plan)
    if (await write(ctx, actor, target, order, plan)) return plan
  }
}

/** False, and nothing is written, when one of the secrets was changed since the plan was made. */
function write(ctx: Context, actor: Actor, target: OpenTarget, order: ImportOrder, plan: ImportPlan): Promise<boolean> {
  const { sync, lease, jobId } = order
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const folder = await openForPlainValues(ctx, tx, {
      projectId: sync.projectId,
      folderId: sync.folderId,
    })
    await order.verify?.(tx)
    await lease.checkIn(tx)
    await refuseEdited(tx, sync)
    const keys = plan.puts.map(({ key }) => key)
    const present = await presentSecrets(tx, folder.folder.id, keys)
    if (plan.puts.some(({ key, version }) => (present.get(key)?.version ?? null) !== version)) return false
    const { secrets } = await putSecrets(
      ctx,
      tx,
      actor,
      folder,
      plan.puts.map(({ key, value }) => {
        const text = escapeReferences(value)
        const isLiteral = text !== value || present.get(key)?.isLiteral === 1
        return { present: present.get(key), key, value: isLiteral ? text : value, isLiteral }
      }),
    )
    const written = new Map(secrets.map(({ row }) => [row.key, row]))
    const adopted = [
      ...plan.puts.map((put) => {
        const row = written.get(put.key)
        return { ...put, version: row?.version ?? null, madeOf: row ? madeOfOne(row) : null }
      }),
      ...plan.same.map((one) => ({ ...one, madeOf: null })),
    ].flatMap((one) => adoption(target, one))
    await record(ctx, tx, { syncId: sync.id, targetKey: sync.targetKey, dataKey: target.key }, adopted)
    if (plan.puts.length > 0) markChanged(folder.folder.id)
    await noteFirstImport(tx, sync.id)
    await tx
      .updateTable('syncs')
      .set({
        importState: 'succeeded',
        importJobId: jobId,
        importMessage: JSON.stringify(summaryOf(plan)),
        importedAt: timestamp(ctx),
      })
      .where('id', '=', sync.id)
      .execute()
    await audit(ctx, tx, actor, 'secret-sync-import-secrets', sync.projectId, {
      syncId: sync.id,
      name: sync.name,
      added: keysOf(plan, 'new'),
      changed: keysOf(plan, 'changed'),
    })
    return true
  })
}

/** What the target held is for the folder that the sync reads, and a key is its own where it points. */
async function refuseEdited(tx: Tx, { id, name, folderId, targetKey }: ImportOrder['sync']): Promise<void> {
  const present = await tx.selectFrom('syncs').where('id', '=', id).select(['folderId', 'targetKey']).executeTakeFirst()
  if (present?.folderId !== folderId || present.targetKey !== targetKey)
    throw new Conflict(`The sync "${name}" was edited during the import. Import again.`)
}

async function noteFirstImport(tx: Tx, syncId: string): Promise<void> {
  const { options } = await tx.selectFrom('syncs').where('id', '=', syncId).select('options').executeTakeFirstOrThrow()
  const stored: StoredOptions = JSON.parse(options)
  if (firstImportOf(stored) === null || stored.hasImported) return
  await amend(tx, 'syncs', syncId, { options: JSON.stringify({ ...stored, hasImported: true }) })
}

/**
 * The ledger's entry for a key that stands at the target as the sync would write it; none where the next run has
 * something to write there, or could not.
 */
function adoption(
  { definition, target, options, key: dataKey }: OpenTarget,
  taken: Taken & { madeOf: MadeOf | null },
): Entry[] {
  const { name, key, value, version, madeOf, observed } = taken
  const flags = definition.flags(options.own, name, target)
  const refused = refusalOf(definition, name, value, { target, options: options.own }) !== null
  // Of tags that the listing doesn't show nobody knows whether they are set: the next run sets them.
  const hidesTags = observed.tags === undefined && flags['tags'] !== undefined
  if (refused || hidesTags || observed.remoteIds.length > 1 || contradictsFlag(flags, observed) !== undefined) return []
  const { remoteIds, revision } = observed
  const digest = digestOf(dataKey, name, value, flags)
  return [{ kind: 'written', key: name, sourceKey: key, version, madeOf, remoteIds, revision, digest, flags }]
}

const keysOf = ({ puts }: ImportPlan, wanted: Taken['action']): string[] =>
  puts.filter(({ action }) => action === wanted).map(({ key }) => key)

const NAMED = 5

function summaryOf(plan: ImportPlan): SyncMessage {
  const leftOut = plan.keys.filter(({ action, isForeign }) => action === 'left-out' && !isForeign)
  const named = leftOut.slice(0, NAMED).map(({ name, reason }) => ({ key: name, reason: reason ?? '' }))
  return {
    code: 'secrets-imported',
    added: keysOf(plan, 'new').length,
    changed: keysOf(plan, 'changed').length,
    leftOut: { count: leftOut.length, named },
  }
}

/** Why an import ended without one, where the sync shows it. */
export async function recordFailedImport(ctx: Context, syncId: string, jobId: string, text: string): Promise<void> {
  const importMessage = JSON.stringify({ code: 'destination-error', text } satisfies SyncMessage)
  await ctx.db
    .updateTable('syncs')
    .set({ importState: 'failed', importJobId: jobId, importMessage })
    .where('id', '=', syncId)
    .execute()
}
