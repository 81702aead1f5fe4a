/** Every project of a reader, with the health of its syncs and its last change. */
import { filterReadable, readableProjects } from '@keyferry/access'
import { inList } from '@keyferry/db'
import type { Actor, Context } from '@keyferry/kernel'
import { SYNC_STATUSES, type projectHealth } from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { listProjects } from '@keyferry/vault'
import type { z } from 'zod'
import { selectSyncs, toRows, type SyncRow } from '../sync/row.ts'

/**
 * Counts the syncs, and finds the last change, of what the caller may see. As many statements for two hundred projects
 * as for one.
 */
export async function instanceOverview(
  ctx: Context,
  actor: Actor,
  access: Access,
): Promise<z.output<typeof projectHealth>[]> {
  const projects = readableProjects(access, await listProjects(ctx, actor, {}))
  const ids = projects.map(({ id }) => id)
  const [syncs, changes] = await Promise.all([syncsOf(ctx, access, ids), lastChanges(ctx, access, ids)])
  return projects.map(({ id, name, description }) => {
    const own = syncs.get(id) ?? []
    return {
      id,
      name,
      description,
      syncs: SYNC_STATUSES.map((status) => ({
        status,
        count: own.filter((sync) => sync.status === status).length,
      })).filter(({ count }) => count > 0),
      changedAt: changes.get(id) ?? null,
    }
  })
}

async function syncsOf(ctx: Context, access: Access, projectIds: readonly string[]): Promise<Map<string, SyncRow[]>> {
  const stored = await selectSyncs(ctx.db)
    .where((eb) => inList(ctx.db, eb.ref('syncs.projectId'), projectIds))
    .execute()
  const byProject = Map.groupBy(await toRows(ctx, stored), ({ projectId }) => projectId)
  for (const [projectId, rows] of byProject)
    byProject.set(
      projectId,
      filterReadable(access, 'syncs.read', projectId, rows, ({ environment, folder }) =>
        environment && folder ? { environment: environment.slug, path: folder.path } : null,
      ),
    )
  return byProject
}

/** By project. A project that is in reach as a whole is one row of its statement. */
async function lastChanges(ctx: Context, access: Access, projectIds: readonly string[]): Promise<Map<string, string>> {
  const isWhole = (projectId: string): boolean => allows(access, 'secrets.read-names', { kind: 'project', projectId })
  const folders = ctx.db.selectFrom('folders').innerJoin('environments', 'environments.id', 'folders.environmentId')
  const whole = await folders
    .where((eb) => inList(ctx.db, eb.ref('environments.projectId'), projectIds.filter(isWhole)))
    .groupBy('environments.projectId')
    .select((eb) => ['environments.projectId', eb.fn.max('folders.updatedAt').as('changedAt')])
    .execute()
  const narrowed = await folders
    .where((eb) =>
      inList(
        ctx.db,
        eb.ref('environments.projectId'),
        projectIds.filter((id) => !isWhole(id)),
      ),
    )
    .select(['environments.projectId', 'environments.slug as environment'])
    .select(['folders.path', 'folders.updatedAt as changedAt'])
    .execute()
  const latest = new Map(whole.map(({ projectId, changedAt }) => [projectId, changedAt]))
  for (const { projectId, environment, path, changedAt } of narrowed)
    if (
      changedAt > (latest.get(projectId) ?? '') &&
      allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path })
    )
      latest.set(projectId, changedAt)
  return latest
}
