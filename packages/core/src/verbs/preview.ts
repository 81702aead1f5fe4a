/** Plans to show: nothing is stored, nothing is written at the vendor. */
import { BadRequest, type Actor, type Context } from '@keyferry/kernel'
import { deletionsText, type plan as planSchema, type previewSync as previewSchema } from '@keyferry/schemas'
import { isOutOfReach, namerOf, reachedOf, readerOf, type Reads } from '@keyferry/vault'
import type { z } from 'zod'
import { difference, openTarget, type Difference, type SyncSpec } from '../apply/target.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { noteDriftInPlan } from '../drift/drift.ts'
import { deletionGuard } from '../plan/deletion-guard.ts'
import { findSync, type SyncAddress } from '../sync/find.ts'
import { followsImport } from '../sync/options.ts'
import { checkBody } from './source.ts'

type PlanRow = z.output<typeof planSchema>

/** What the first run of this body would do. */
export async function previewSync(ctx: Context, _actor: Actor, body: z.output<typeof previewSchema>): Promise<PlanRow> {
  const { spec } = await checkBody(ctx, body)
  return planOf(ctx, spec, readerOf(ctx, spec.projectId))
}

/** What a run would do now; nothing is said while the caller may not know every folder that the keys come from. */
export async function planSync(ctx: Context, _actor: Actor, input: SyncAddress): Promise<PlanRow> {
  const sync = await findSync(ctx, input)
  if (await isOutOfReach(ctx, sync.projectId, { reached: reachedOf(sync), source: sync.folderId })) return UNSEEN
  return planOf(ctx, sync, namerOf(ctx, sync.projectId), {
    isAfterImport: followsImport(sync),
    note: (found) => noteDriftInPlan(ctx, sync, found),
  })
}

const NOTHING = { create: 0, update: 0, delete: 0, keep: 0, foreign: 0, reject: 0 }
const UNSEEN: PlanRow = { hash: '', summary: NOTHING, changes: [], fuse: null, outOfReach: true }

/**
 * Throws `Unresolvable` for a bad source, `Forbidden` for one that `reads` does not reach, `BadRequest` with the
 * vendor's reason when the target cannot be read.
 */
export async function planOf(
  ctx: Context,
  spec: SyncSpec,
  reads: Reads,
  { isAfterImport = false, note }: { isAfterImport?: boolean; note?: (found: Difference) => Promise<void> } = {},
): Promise<PlanRow> {
  const target = await openTarget(ctx, spec, { signal: AbortSignal.timeout(60_000) })
  try {
    const found = await difference(ctx, target, reads)
    await note?.(found)
    const { plan, observed } = found
    // Keys of the target that are not the sync's may be another folder's.
    const isNarrowed = namerOf(ctx, spec.projectId) !== null
    const deletions = deletionGuard(plan, observed, target.schema.covers, { followsImport: isAfterImport })
    return {
      hash: plan.hash,
      summary: isNarrowed ? { ...plan.summary, foreign: 0 } : plan.summary,
      changes: plan.changes
        .filter(({ action }) => !isNarrowed || action !== 'foreign')
        .map(({ key, action, reason, takesOver }) => ({
          key,
          action,
          reason,
          ...(takesOver ? { takesOver } : {}),
        })),
      fuse: deletions === null ? null : deletionsText(deletions),
    }
  } catch (error) {
    if (error instanceof DestinationError)
      throw new BadRequest(`${target.definition.title} could not be read: ${error.message}`)
    throw error
  } finally {
    await target.close()
  }
}
