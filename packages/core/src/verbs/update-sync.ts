import { amend } from '@keyferry/db'
import { audit, Conflict, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { updateSync as updateSchema } from '@keyferry/schemas'
import { lockProject } from '@keyferry/vault'
import type { z } from 'zod'
import { retarget } from '../cleanup/retarget.ts'
import { refuseOverlap } from '../cleanup/overlap.ts'
import { nextCheck, NOT_CHECKED } from '../sync/drift-record.ts'
import { syncRow } from '../sync/find.ts'
import { publishSync } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { storedOwner } from '../sync/owner.ts'
import { requestRun } from '../sync/request-run.ts'
import { refuseNameClash } from './create-sync.ts'
import { stillStands } from './source.ts'
import { readEdit, type Edit } from './sync-edit.ts'

/**
 * Changes what the patch names. Under auto-sync a run follows when the change can reach the target; a new name or
 * description cannot. Pointed elsewhere, the sync fills the new place first and then takes its keys back from the old
 * one, unless its policy is `none`. Throws like `createSync`, and `Conflict` when a sync that deletes its keys would be
 * pointed elsewhere, or is of another version than the caller has read.
 */
export async function updateSync(ctx: Context, actor: Actor, patch: z.output<typeof updateSchema>): Promise<SyncRow> {
  // Another edit may commit between reading the sync and writing it; what is kept of an old place must be of the latest
  // one.
  for (;;) {
    const edit = await readEdit(ctx, patch)
    if (!(await writeEdit(ctx, actor, edit))) continue
    const { stored, autoSync, reaches } = edit
    if (reaches && autoSync) await ctx.queue.wake([stored.id])
    const row = await syncRow(ctx, stored.id)
    publishSync(ctx, stored, row.state)
    return row
  }
}

/** False when the sync, its connection or its source was changed meanwhile. */
function writeEdit(ctx: Context, actor: Actor, edit: Edit): Promise<boolean> {
  const { patch, stored, spec, moved, reaches } = edit
  return transact(ctx, async (tx) => {
    await lockProject(ctx, tx, stored.projectId)
    const present = await tx
      .selectFrom('syncs')
      .where('id', '=', stored.id)
      .select(['version', 'removal'])
      .executeTakeFirst()
    if (present?.version !== stored.version) return false
    // What is to be deleted is where it points.
    if (moved && present.removal !== null)
      throw new Conflict(`The sync "${stored.name}" is deleting its keys. Point it elsewhere when that has ended.`)
    if (!(await stillStands(tx, { ...edit, folderId: spec.folderId }))) return false
    if (patch.name !== undefined) await refuseNameClash(tx, stored.projectId, patch.name, stored.id)
    // Leases are locked before a sync's row, as everywhere.
    if (reaches) await refuseOverlap(ctx, tx, spec, moved ? [stored.targetKey] : [])
    await writeColumns(ctx, tx, actor, edit)
    if (reaches) await follow(ctx, tx, actor, edit)
    await audit(ctx, tx, actor, 'update-secret-sync', stored.projectId, {
      syncId: stored.id,
      name: patch.name ?? stored.name,
    })
    return true
  })
}

async function writeColumns(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { patch, stored, spec, options, autoSync, moved, reaches }: Edit,
): Promise<void> {
  const { id: _, projectId: __, destination: ___, ...columns } = spec
  await amend(tx, 'syncs', stored.id, {
    ...columns,
    standsBehind: storedOwner(actor),
    // A run that waits for approval waited for the plan of the old options.
    ...(reaches ? { approvedPlan: null } : {}),
    // What was agreed to overwrite at creation was at the old place.
    ...(moved ? { overwriteApproved: 0 } : {}),
  })
  await tx
    .updateTable('syncs')
    .set((eb) => ({
      ...(patch.name === undefined ? {} : { name: patch.name }),
      ...(patch.description === undefined ? {} : { description: patch.description }),
      autoSync: autoSync ? 1 : 0,
      version: eb('version', '+', 1),
      ...(stored.applied > 0 && spec.options !== stored.options ? { nextCheckAt: nextCheck(ctx, options) } : {}),
      // What was seen since was at the old place.
      ...(moved ? { ...NOT_CHECKED, nextCheckAt: null } : {}),
      updatedAt: timestamp(ctx),
    }))
    .where('id', '=', stored.id)
    .execute()
}

/** What follows from a change that can reach the target: a run, the cleanup of the old place. */
async function follow(ctx: Context, tx: Tx, actor: Actor, { stored, spec, autoSync, moved }: Edit): Promise<void> {
  if (autoSync) await requestRun(ctx, tx, actor, 'edit', [stored.id])
  else await fallBehind(ctx, tx, stored.id)
  // The edit may have fixed what blocked a cleanup.
  await tx.updateTable('departures').set({ retryAt: null, attempts: 0 }).where('syncId', '=', stored.id).execute()
  if (!moved) return
  const { wanted } = await tx.selectFrom('syncs').where('id', '=', stored.id).select('wanted').executeTakeFirstOrThrow()
  await retarget(ctx, tx, stored, spec, wanted)
}

/** Without auto-sync the edit waits for a person, like a change. */
async function fallBehind(ctx: Context, tx: Tx, syncId: string): Promise<void> {
  await tx
    .updateTable('syncs')
    .set((eb) => ({ wanted: eb('wanted', '+', 1), behindSince: eb.fn.coalesce('behindSince', eb.val(timestamp(ctx))) }))
    .where('id', '=', syncId)
    .execute()
}
