import { amend } from '@keyferry/db'
import { audit, BadRequest, Conflict, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { updateSync as updateSchema } from '@keyferry/schemas'
import { lockProject } from '@keyferry/vault'
import type { z } from 'zod'
import { retarget } from '../cleanup/retarget.ts'
import { refuseOverlap } from '../cleanup/overlap.ts'
import { connectionFor, type ConnectionRow } from '../connections/find.ts'
import { resolveTarget } from '../connections/resolve-target.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { refuseUnreadable } from '../drift/values.ts'
import { nextCheck, NOT_CHECKED } from '../sync/drift-record.ts'
import { findSync, syncRow } from '../sync/find.ts'
import { patchOptions } from '../sync/options.ts'
import { publishSync } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { blockageWithoutOwner, storedOwner } from '../sync/owner.ts'
import { requestRun } from '../sync/request-run.ts'
import { sourcePlace } from '../sync/source-place.ts'
import { refuseNameClash } from './create-sync.ts'
import { placeFor, sourceFolder, stillStands, targetKey, targetOf } from './source.ts'

/**
 * Changes what the patch names. Under auto-sync a run follows when the change can reach the target; a new name or
 * description cannot. Pointed elsewhere, the sync fills the new place first and then takes its keys back from the old
 * one, unless its policy is `none`. Throws like `createSync`, and `Conflict` when a sync that deletes its keys would be
 * pointed elsewhere.
 */
export async function updateSync(ctx: Context, actor: Actor, patch: z.output<typeof updateSchema>): Promise<SyncRow> {
  // Another edit may commit between reading the sync and writing it; what is kept of an old place must be of the latest
  // one.
  for (;;) {
    const row = await tryUpdate(ctx, actor, patch)
    if (row) return row
  }
}

/** Null when the sync, its connection or its source was changed meanwhile. */
async function tryUpdate(ctx: Context, actor: Actor, patch: z.output<typeof updateSchema>): Promise<SyncRow | null> {
  const stored = await findSync(ctx, patch)
  const definition = destination(stored.destination)
  const before = targetOf(definition, JSON.parse(stored.target))
  const { projectId } = stored
  const connectionId = patch.connectionId ?? stored.connectionId
  const { connection, target } =
    patch.target === undefined && connectionId === stored.connectionId
      ? {
          connection: await connectionFor(ctx, definition, connectionId, { projectId, target: before }),
          target: before,
        }
      : await placeFor(ctx, definition, { projectId, connectionId, target: patch.target ?? before })
  const source = await newSource(ctx, stored, patch)
  const options = patchOptions(definition, target, JSON.parse(stored.options), patch.options ?? {})
  const spec = {
    id: stored.id,
    destination: stored.destination,
    projectId: stored.projectId,
    connectionId: connection.id,
    folderId: source === null ? stored.folderId : await sourceFolder(ctx, source),
    target: JSON.stringify(target),
    targetKey: await keyAfter(ctx, { definition, connection, before, target }, stored),
    options: JSON.stringify(options),
  }
  await refuseUnreadable(ctx, spec)
  const autoSync = patch.autoSync ?? stored.autoSync === 1
  const moved = spec.targetKey !== stored.targetKey
  const reaches =
    moved ||
    spec.connectionId !== stored.connectionId ||
    spec.folderId !== stored.folderId ||
    spec.target !== stored.target ||
    spec.options !== stored.options ||
    (autoSync && stored.autoSync === 0) ||
    // An editor becomes its owner.
    (await blockageWithoutOwner(ctx.db, stored)) !== null

  const written = await transact(ctx, async (tx) => {
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
    if (!(await stillStands(tx, { connection, folderId: spec.folderId, source }))) return false
    if (patch.name !== undefined) await refuseNameClash(tx, stored.projectId, patch.name, stored.id)
    // Leases are locked before a sync's row, as everywhere.
    if (reaches) await refuseOverlap(ctx, tx, spec, moved ? [stored.targetKey] : [])
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
    if (reaches && autoSync) await requestRun(ctx, tx, actor, 'edit', [stored.id])
    else if (reaches) await fallBehind(ctx, tx, stored.id)
    // The edit may have fixed what blocked a cleanup.
    if (reaches)
      await tx.updateTable('departures').set({ retryAt: null, attempts: 0 }).where('syncId', '=', stored.id).execute()
    if (moved) {
      const { wanted } = await tx
        .selectFrom('syncs')
        .where('id', '=', stored.id)
        .select('wanted')
        .executeTakeFirstOrThrow()
      await retarget(ctx, tx, stored, spec, wanted)
    }
    await audit(ctx, tx, actor, 'update-secret-sync', stored.projectId, {
      syncId: stored.id,
      name: patch.name ?? stored.name,
    })
    return true
  })
  if (!written) return null
  if (reaches && autoSync) await ctx.queue.wake([stored.id])
  const row = await syncRow(ctx, stored.id)
  publishSync(ctx, stored, row.state)
  return row
}

/**
 * Where the edited sync writes. A target that only gets another spelling keeps the key it was stored under: a sync that
 * seems to move would remove at its old place what it writes at the new one.
 */
async function keyAfter(
  ctx: Context,
  {
    definition,
    connection,
    before,
    target,
  }: {
    definition: DestinationDefinition
    connection: ConnectionRow
    before: Record<string, unknown>
    target: Record<string, unknown>
  },
  stored: { connectionId: string; targetKey: string },
): Promise<string> {
  const after = targetKey(definition, connection, target)
  if (connection.id !== stored.connectionId || after === stored.targetKey) return after
  const isSame = async (): Promise<boolean> => {
    if (targetKey(definition, connection, before) === after) return true
    try {
      const resolved = await resolveTarget(ctx, definition, connection.id, before)
      return targetKey(definition, connection, resolved) === after
    } catch (error) {
      // The old place is gone, so it is no other name of the new one.
      if (error instanceof BadRequest && error.details?.kind === 'missing') return false
      throw error
    }
  }
  return (await isSame()) ? stored.targetKey : after
}

/** Without auto-sync the edit waits for a person, like a change. */
async function fallBehind(ctx: Context, tx: Tx, syncId: string): Promise<void> {
  await tx
    .updateTable('syncs')
    .set((eb) => ({ wanted: eb('wanted', '+', 1), behindSince: eb.fn.coalesce('behindSince', eb.val(timestamp(ctx))) }))
    .where('id', '=', syncId)
    .execute()
}

/** Where it is to read from now on; null: where it does. */
async function newSource(
  ctx: Context,
  stored: { projectId: string; folderId: string },
  patch: { environment?: string; secretPath?: string },
): Promise<{ projectId: string; environment: string; secretPath: string } | null> {
  if (patch.environment === undefined && patch.secretPath === undefined) return null
  const present = await sourcePlace(ctx.db, stored.folderId)
  return {
    projectId: stored.projectId,
    environment: patch.environment ?? present.environment,
    secretPath: patch.secretPath ?? present.secretPath,
  }
}
