import type { updateSync as updateSchema } from '@keyferry/schemas'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { timestamp, type Actor, type Context } from '../context.ts'
import { destination } from '../destinations/registry.ts'
import { BadRequest } from '../errors.ts'
import { connectionFor } from '../connections/find.ts'
import { lockProject } from '../vault/project-key.ts'
import { refuseNameClash } from './create-sync.ts'
import { findSync, syncRow } from './find.ts'
import { patchOptions } from './options.ts'
import { refuseOverlap } from './overlap.ts'
import type { SyncRow } from './row.ts'
import { sourceFolder, targetKey, targetOf } from './source.ts'
import { want } from './wanted.ts'

/**
 * Changes what the patch names. Under auto-sync a run follows when the change can reach the target; a new name or description
 * cannot. While the ledger says that keys of this sync are at the target, it cannot be pointed elsewhere: they would be left there.
 */
export async function updateSync(ctx: Context, actor: Actor, patch: z.output<typeof updateSchema>): Promise<SyncRow> {
  const stored = await findSync(ctx, patch)
  const definition = destination(stored.destination)
  const connection = await connectionFor(ctx, definition, patch.connectionId ?? stored.connectionId, stored.projectId)
  const target = targetOf(definition, patch.destinationConfig ?? JSON.parse(stored.target))
  const options = patchOptions(definition, JSON.parse(stored.options), patch.syncOptions ?? {})
  const spec = {
    id: stored.id,
    projectId: stored.projectId,
    connectionId: connection.id,
    folderId: await newSource(ctx, stored, patch),
    target: JSON.stringify(target),
    targetKey: targetKey(definition, connection, target),
    options: JSON.stringify(options),
  }
  const autoSync = patch.isAutoSyncEnabled ?? patch.isEnabled ?? patch.syncOptions?.autoSyncEnabled ?? stored.autoSync === 1
  const moved = spec.targetKey !== stored.targetKey
  const reaches =
    moved ||
    spec.connectionId !== stored.connectionId ||
    spec.folderId !== stored.folderId ||
    spec.target !== stored.target ||
    spec.options !== stored.options ||
    (autoSync && stored.autoSync === 0)

  await ctx.db.transaction().execute(async (tx) => {
    await lockProject(ctx, tx, stored.projectId)
    if (patch.name !== undefined) await refuseNameClash(tx, stored.projectId, patch.name, stored.id)
    if (moved) {
      const written = await tx.selectFrom('ledger').where('syncId', '=', stored.id).select('key').limit(1).executeTakeFirst()
      if (written) {
        throw new BadRequest(
          `The sync "${stored.name}" has keys at its present target. Remove its secrets there first, or create another sync for the new target.`,
        )
      }
    }
    if (reaches) await refuseOverlap(tx, spec)
    const { id: _, projectId: __, ...columns } = spec
    await tx
      .updateTable('syncs')
      .set((eb) => ({
        ...columns,
        ...(patch.name === undefined ? {} : { name: patch.name }),
        ...(patch.description === undefined ? {} : { description: patch.description }),
        autoSync: autoSync ? 1 : 0,
        version: eb('version', '+', 1),
        // A run that waits for approval waited for the plan of the old options.
        ...(reaches ? { approvedPlan: null } : {}),
        updatedAt: timestamp(ctx),
      }))
      .where('id', '=', stored.id)
      .execute()
    if (reaches && autoSync) await want(ctx, tx, actor, 'edit', [stored.id])
    await audit(ctx, tx, actor, 'update-secret-sync', stored.projectId, { syncId: stored.id, name: patch.name ?? stored.name })
  })
  if (reaches && autoSync) await ctx.queue.wake([stored.id])
  return syncRow(ctx, stored.id)
}

async function newSource(
  ctx: Context,
  stored: { projectId: string; folderId: string },
  patch: { environment?: string; secretPath?: string },
): Promise<string> {
  if (patch.environment === undefined && patch.secretPath === undefined) return stored.folderId
  const present = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', stored.folderId)
    .select(['folders.path', 'environments.slug'])
    .executeTakeFirstOrThrow()
  return sourceFolder(ctx, {
    projectId: stored.projectId,
    environment: patch.environment ?? present.slug,
    secretPath: patch.secretPath ?? present.path,
  })
}
