import { filterReadable, folderLinks } from '@keyferry/access'
import { inList } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { projectOverview } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'

type Sources = Pick<z.output<typeof projectOverview>, 'folders' | 'links'>

/**
 * The folders at and behind those that syncs read, as far as their reader may see the names of their secrets, and the
 * imports and references between them. A statement for each step of the longest way, and one for the folders.
 */
export async function sourceFolders(
  ctx: Context,
  access: Access,
  projectId: string,
  readBySyncs: readonly string[],
): Promise<Sources> {
  const links = await folderLinks(ctx.db, readBySyncs)
  const ids = [...new Set([...readBySyncs, ...links.map(({ reachedId }) => reachedId)])]
  const rows = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where((eb) => inList(ctx.db, eb.ref('folders.id'), ids))
    .where('environments.projectId', '=', projectId)
    .select(['folders.id', 'environments.slug as environment', 'folders.path'])
    .select((eb) =>
      eb
        .selectFrom('secrets')
        .whereRef('secrets.folderId', '=', 'folders.id')
        .select((count) => count.fn.countAll<number | string>().as('secrets'))
        .as('secrets'),
    )
    .orderBy('environments.position')
    .orderBy('folders.path')
    .execute()
  const folders = filterReadable(access, 'secrets.read-names', projectId, rows, (folder) => folder)
  const shown = new Set(folders.map(({ id }) => id))
  return {
    folders: folders.map((folder) => ({ ...folder, secrets: Number(folder.secrets) })),
    links: links
      .filter(({ folderId, reachedId }) => folderId !== reachedId && shown.has(folderId) && shown.has(reachedId))
      .map(({ folderId, reachedId, kind }) => ({ folderId, sourceFolderId: reachedId, kind })),
  }
}
