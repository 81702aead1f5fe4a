import { amend, type SyncTable } from '@keyferry/db'
import { timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { sql } from 'kysely'
import { lockSyncsById } from '../lease/lock-syncs.ts'

/** Why a run happens. */
export type Trigger = 'change' | 'manual' | 'create' | 'edit' | 'approve' | 'retry' | 'remove' | 'sweep'

interface RequestedSync {
  id: string
  projectId: string
}

/**
 * A change reached `folderIds`: every sync that reads one of them is behind; those under auto-sync are due. Returns the
 * due ones.
 */
export async function markChanged(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  folderIds: readonly string[],
): Promise<RequestedSync[]> {
  const syncs = await tx
    .selectFrom('syncs')
    .where('folderId', 'in', folderIds)
    .orderBy('id')
    .select(['id', 'projectId', 'autoSync'])
    .execute()
  const manual = syncs.filter((sync) => sync.autoSync === 0).map((sync) => sync.id)
  if (manual.length > 0) {
    await tx
      .updateTable('syncs')
      .set((eb) => ({
        wanted: eb('wanted', '+', 1),
        behindSince: eb.fn.coalesce('behindSince', eb.val(timestamp(ctx))),
      }))
      .where('id', 'in', lockSyncsById(tx, manual))
      .execute()
  }
  const auto = syncs.filter((sync) => sync.autoSync === 1)
  await requestRun(
    ctx,
    tx,
    actor,
    'change',
    auto.map((sync) => sync.id),
  )
  return auto
}

/**
 * Requests a run that removes what the syncs wrote, whatever auto-sync and the policy say. The caller wakes the queue
 * after the commit.
 */
export async function requestRemoval(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  removal: 'keep' | 'delete',
  syncIds: readonly string[],
): Promise<void> {
  await tx
    .updateTable('syncs')
    .set((eb) => ({
      wanted: eb('wanted', '+', 1),
      due: eb('wanted', '+', 1),
      removeState: 'pending',
      removeMessage: null,
      retryAt: null,
      attempts: 0,
      trigger: 'remove',
      triggeredBy: actor.name,
      updatedAt: timestamp(ctx),
    }))
    .where('id', 'in', lockSyncsById(tx, syncIds))
    .execute()
  for (const id of syncIds) await amend(tx, 'syncs', id, { removal })
}

/** Requests a run, whatever auto-sync says. The caller wakes the queue after the commit. */
export async function requestRun(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  trigger: Trigger,
  syncIds: readonly string[],
): Promise<void> {
  if (syncIds.length === 0) return
  await tx
    .updateTable('syncs')
    .set((eb) => ({
      wanted: eb('wanted', '+', 1),
      due: eb('wanted', '+', 1),
      state: sql<SyncTable['state']>`case when ${eb.ref('state')} = 'running' then 'running' else 'pending' end`,
      behindSince: eb.fn.coalesce('behindSince', eb.val(timestamp(ctx))),
      // A new request does not wait out an old back-off.
      retryAt: null,
      attempts: 0,
      trigger,
      triggeredBy: actor.name,
    }))
    .where('id', 'in', lockSyncsById(tx, syncIds))
    .execute()
}
