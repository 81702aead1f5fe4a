import { filterReadable } from '@keyferry/access'
import type { Context } from '@keyferry/kernel'
import type { Access } from '@keyferry/schemas/policy'

/** The syncs of a project that the caller may see, or the one of them with the id `syncId`. */
export async function readableSyncs(ctx: Context, access: Access, projectId: string, syncId?: string) {
  const rows = await ctx.db
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('syncs.projectId', '=', projectId)
    .$call((query) => (syncId === undefined ? query : query.where('syncs.id', '=', syncId)))
    .select(['syncs.id', 'syncs.name', 'syncs.destination', 'syncs.folderId'])
    .select(['environments.slug as environment', 'folders.path'])
    .execute()
  return filterReadable(access, 'syncs.read', projectId, rows, (sync) => sync)
}
