import { amend } from '@keyferry/db'
import { audit, BadRequest, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { readerOf } from '@keyferry/vault'
import { findSync, noSuchSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { publishSync } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { requestRun } from '../sync/request-run.ts'
import { planOf } from './preview.ts'

/**
 * Lets a run past the mass-deletion limit for this very plan. Throws `BadRequest` when the plan is no longer the one
 * that was reviewed, or the sync is edited meanwhile: what a person did not see is not approved.
 */
export async function approvePlan(
  ctx: Context,
  actor: Actor,
  input: SyncAddress & { planHash: string },
): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  const present = await planOf(ctx, sync, readerOf(ctx, sync.projectId))
  if (present.hash !== input.planHash) {
    throw new BadRequest('The plan has changed. Review it again before approving.', {
      planHash: present.hash,
    })
  }
  await transactChecked(ctx, async (tx) => {
    const found = await tx
      .selectFrom('syncs')
      .where('id', '=', sync.id)
      .select('version')
      .forUpdate()
      .executeTakeFirst()
    if (!found) throw noSuchSync(sync.id)
    // The plan's hash doesn't say where the keys are deleted.
    if (found.version !== sync.version)
      throw new BadRequest(`The sync "${sync.name}" was edited meanwhile. Review its plan again before approving.`)
    await amend(tx, 'syncs', sync.id, { approvedPlan: input.planHash })
    await requestRun(ctx, tx, actor, 'approve', [sync.id])
    await audit(ctx, tx, actor, 'secret-sync-approve-plan', sync.projectId, {
      syncId: sync.id,
      name: sync.name,
      planHash: input.planHash,
      summary: present.summary,
    })
  })
  await ctx.queue.wake([sync.id])
  const row = await syncRow(ctx, sync.id)
  publishSync(ctx, sync, row.state)
  return row
}
