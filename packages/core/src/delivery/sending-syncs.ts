/** The syncs that send what a folder holds, or did when they last wrote. */
import { inList, type SyncTable } from '@keyferry/db'
import { snapshot, type Context, type Tx } from '@keyferry/kernel'
import { areOutOfReach, dependentsOf, reachedOf } from '@keyferry/vault'
import { sql, type Selectable } from 'kysely'

export type SendingSync = Selectable<SyncTable> & {
  environment: string
  secretPath: string
  /** Of its last run; `runPlan` null: it did not get as far as a plan. */
  runStartedAt: string | null
  runPlan: string | null
}

/**
 * By name, without those whose results the caller may not see: whether there are any is said of the whole folder,
 * whatever keys it has.
 */
export async function sendingSyncs(
  ctx: Context,
  projectId: string,
  folderId: string,
): Promise<{ syncs: SendingSync[]; hasHidden: boolean }> {
  const found = await snapshot(ctx, async (tx) =>
    syncsReading(tx, projectId, folderId, await dependentsOf(tx, [folderId])),
  )
  const isHidden = await areOutOfReach(
    ctx,
    projectId,
    found.map((sync) => ({ reached: reachedOf(sync), source: sync.folderId })),
  )
  const syncs = found.filter((_, at) => isHidden[at] === false)
  return { syncs, hasHidden: syncs.length < found.length }
}

/** `reached` names folders whose values a sync wrote earlier, though it may not read them any more. */
const syncsReading = (
  tx: Tx,
  projectId: string,
  folderId: string,
  readers: readonly string[],
): Promise<SendingSync[]> =>
  tx
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .leftJoin('runs', 'runs.id', 'syncs.lastRunId')
    .where('syncs.projectId', '=', projectId)
    .where((eb) =>
      eb.or([
        inList(tx, eb.ref('syncs.folderId'), readers),
        sql<boolean>`${eb.ref('syncs.reached')} like ${`%"${folderId}"%`}`,
      ]),
    )
    .selectAll('syncs')
    .select(['environments.slug as environment', 'folders.path as secretPath'])
    .select(['runs.startedAt as runStartedAt', 'runs.planHash as runPlan'])
    .orderBy('syncs.name')
    .execute()
