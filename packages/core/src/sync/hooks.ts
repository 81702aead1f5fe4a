/** What happens to syncs when the vault, access or connections change. */
import type { Actor, Context, Hooks, Tx } from '@keyferry/kernel'
import { refusedByTargets } from './refused-by-targets.ts'
import { releaseSyncs } from './release-syncs.ts'
import { publishStopped, blockUnauthorizedSyncs } from './owner.ts'
import { wakePending } from './wake-pending.ts'
import { requestRun, markChanged } from './request-run.ts'

export const syncHooks: Hooks = {
  async onFoldersChanged(ctx, tx, actor, folderIds) {
    const due = await markChanged(ctx, tx, actor, folderIds)
    return () => wakePending(ctx, due)
  },
  onFoldersDelete: releaseSyncs,
  refusedByTargets,
  async onAccessLost(ctx, tx, projectId) {
    const stopped = await blockUnauthorizedSyncs(ctx, tx, projectId)
    return () => publishStopped(ctx, stopped)
  },
  async onConnectionChanged(ctx, tx, actor, connectionId) {
    const users = await requestRunsOfConnection(ctx, tx, actor, connectionId)
    return () => wakePending(ctx, users)
  },
}

/** Makes every sync of a connection due. Returns them, and those that only clean up an old target with it. */
async function requestRunsOfConnection(ctx: Context, tx: Tx, actor: Actor, connectionId: string) {
  const syncs = await tx
    .selectFrom('syncs')
    .where('connectionId', '=', connectionId)
    .select(['id', 'projectId'])
    .orderBy('id')
    .execute()
  await requestRun(
    ctx,
    tx,
    actor,
    'edit',
    syncs.map((sync) => sync.id),
  )
  // Those that only need it to leave an old place have nothing to run, but may try again now.
  await tx
    .updateTable('departures')
    .set({ retryAt: null, attempts: 0 })
    .where('connectionId', '=', connectionId)
    .execute()
  const cleaningUp = await tx
    .selectFrom('departures')
    .innerJoin('syncs', 'syncs.id', 'departures.syncId')
    .where('departures.connectionId', '=', connectionId)
    .select(['syncs.id', 'syncs.projectId'])
    .execute()
  return [...syncs, ...cleaningUp]
}
