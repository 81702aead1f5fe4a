import { randomUUID } from 'node:crypto'
import { isUniqueViolation } from '@keyferry/db'
import { audit, BadRequest, timestamp, transact, type Actor, type Context } from '@keyferry/kernel'
import { lockProject, refuseBeyond } from '@keyferry/vault'
import { refuseOverlap } from '../cleanup/overlap.ts'
import { syncRow } from '../sync/find.ts'
import { publishSync } from '../sync/publish.ts'
import { NOTHING_REACHED } from '../sync/reached.ts'
import type { SyncRow } from '../sync/row.ts'
import { importsFirst } from '../sync/options.ts'
import { storedOwner } from '../sync/owner.ts'
import { requestRun } from '../sync/request-run.ts'
import { checkBody, stillStands, type CreateBody } from './source.ts'

/**
 * Stores a sync; under auto-sync its first run follows at once. Creating it approves what that run
 * overwrites and deletes; with `planHash` only that very plan is approved, and with an import first no delete.
 */
export async function createSync(ctx: Context, actor: Actor, body: CreateBody): Promise<SyncRow> {
  for (;;) {
    const row = await tryCreate(ctx, actor, body)
    if (row) return row
  }
}

/** Null when the connection or the source was changed since the body was checked. */
async function tryCreate(ctx: Context, actor: Actor, body: CreateBody): Promise<SyncRow | null> {
  const { definition, connection, spec } = await checkBody(ctx, body)
  const { autoSync } = body
  const imports = importsFirst({ ...spec, importedAt: null, syncedAt: null })
  const id = randomUUID()
  const at = timestamp(ctx)
  try {
    const created = await transact(ctx, async (tx) => {
      // A change of the source that commits meanwhile must see this sync, or be seen by its first run.
      await lockProject(ctx, tx, body.projectId)
      if (!(await stillStands(tx, { connection, folderId: spec.folderId, source: body }))) return false
      await refuseNameClash(tx, body.projectId, body.name)
      await refuseBeyond(ctx, tx, body.projectId, 'syncs')
      await refuseOverlap(ctx, tx, spec)
      await tx
        .insertInto('syncs')
        .values({
          ...spec,
          id,
          name: body.name,
          description: body.description ?? null,
          destination: definition.name,
          autoSync: autoSync ? 1 : 0,
          version: 1,
          wanted: 1,
          due: 0,
          seen: 0,
          applied: 0,
          state: 'pending',
          message: null,
          blockage: null,
          // An import first is there to keep what the target holds.
          overwriteApproved: body.planHash === undefined && !imports ? 1 : 0,
          approvedPlan: body.planHash ?? null,
          trigger: 'create',
          triggeredBy: actor.name,
          removal: null,
          removeState: null,
          removeMessage: null,
          removedAt: null,
          removeRunId: null,
          attempts: 0,
          retryAt: null,
          behindSince: at,
          syncedAt: null,
          lastRunId: null,
          reached: NOTHING_REACHED,
          createdBy: actor.id,
          standsBehind: storedOwner(actor),
          createdAt: at,
          updatedAt: at,
        })
        .execute()
      if (autoSync) await requestRun(ctx, tx, actor, 'create', [id])
      await audit(ctx, tx, actor, 'create-secret-sync', body.projectId, {
        syncId: id,
        name: body.name,
        destination: definition.name,
      })
      return true
    })
    if (!created) return null
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(body.name)
    throw error
  }
  if (autoSync) await ctx.queue.wake([id])
  publishSync(ctx, { id, projectId: body.projectId }, 'pending')
  return syncRow(ctx, id)
}

/** Inside the writer's transaction. `except`: the sync being renamed. */
export async function refuseNameClash(
  tx: Parameters<typeof audit>[1],
  projectId: string,
  name: string,
  except: string | null = null,
): Promise<void> {
  const clash = await tx
    .selectFrom('syncs')
    .where('projectId', '=', projectId)
    .where('name', '=', name)
    .$if(except !== null, (query) => query.where('id', '!=', except))
    .select('id')
    .executeTakeFirst()
  if (clash) throw nameTaken(name)
}

const nameTaken = (name: string): BadRequest =>
  new BadRequest(`A secret sync with the name "${name}" already exists in this project; choose another name`)
