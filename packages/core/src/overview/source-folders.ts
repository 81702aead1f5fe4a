import { filterReadable, folderLinks } from '@keyferry/access'
import { inList } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { projectOverview } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'

type Sources = Pick<z.output<typeof projectOverview>, 'folders' | 'links'>

/**
 * The folders at and behind those that syncs read, as far as their reader may see the names of their secrets, and the
 * imports and references between them. What only leads on from a folder out of sight is left out: it would show what
 * that one refers to. A statement for each step of the longest way, and one for the folders.
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
  const readable = filterReadable(access, 'secrets.read-names', projectId, rows, (folder) => folder)
  const known = new Set(readable.map(({ id }) => id))
  const between = Map.groupBy(
    links.filter(({ folderId, reachedId }) => folderId !== reachedId && known.has(folderId) && known.has(reachedId)),
    ({ folderId }) => folderId,
  )
  const shown = new Set(readBySyncs.filter((id) => known.has(id)))
  for (const id of shown) for (const { reachedId } of between.get(id) ?? []) shown.add(reachedId)
  return {
    folders: readable
      .filter(({ id }) => shown.has(id))
      .map((folder) => ({ ...folder, secrets: Number(folder.secrets) })),
    links: [...shown].flatMap((id) =>
      (between.get(id) ?? []).map(({ reachedId, kind }) => ({ folderId: id, sourceFolderId: reachedId, kind })),
    ),
  }
}
