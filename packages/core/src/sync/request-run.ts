import { amend, inList, type Tables } from '@keyferry/db'
import { timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { expressionBuilder, type Expression, type ExpressionBuilder } from 'kysely'
import { lockSyncs, lockSyncsById } from '../lease/lock-syncs.ts'

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
  const reading = expressionBuilder<Tables>()
    .selectFrom('syncs')
    .where((eb) => inList(tx, eb.ref('syncs.folderId'), folderIds))
    .select('syncs.id')
  const syncs = await tx
    .updateTable('syncs')
    .set((eb) => {
      const ifAuto = <V>(then: Expression<V>, otherwise: Expression<V>) =>
        eb.case().when('autoSync', '=', 1).then(then).else(otherwise).end()
      const { due, state, retryAt, attempts, trigger, triggeredBy, ...behind } = requested(ctx, eb, actor, 'change')
      return {
        ...behind,
        due: ifAuto(due, eb.ref('due')),
        state: ifAuto(state, eb.ref('state')),
        retryAt: ifAuto(retryAt, eb.ref('retryAt')),
        attempts: ifAuto(attempts, eb.ref('attempts')),
        trigger: ifAuto(trigger, eb.ref('trigger')),
        triggeredBy: ifAuto(triggeredBy, eb.ref('triggeredBy')),
      }
    })
    .where('id', 'in', lockSyncs(reading))
    .returning(['id', 'projectId', 'autoSync'])
    .execute()
  return syncs.filter(({ autoSync }) => autoSync === 1)
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
    .set((eb) => requested(ctx, eb, actor, trigger))
    .where('id', 'in', lockSyncsById(tx, syncIds))
    .execute()
}

/** What a sync says once a run is requested. */
const requested = (ctx: Context, eb: ExpressionBuilder<Tables, 'syncs'>, actor: Actor, trigger: Trigger) => ({
  wanted: eb('wanted', '+', 1),
  due: eb('wanted', '+', 1),
  state: eb.case().when('state', '=', 'running').then(eb.ref('state')).else(eb.val('pending')).end(),
  behindSince: eb.fn.coalesce('behindSince', eb.val(timestamp(ctx))),
  // A new request does not wait out an old back-off.
  retryAt: eb.val(null),
  attempts: eb.val(0),
  trigger: eb.val(trigger),
  triggeredBy: eb.val(actor.name),
})
