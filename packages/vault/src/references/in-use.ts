import { BadRequest, few, type Context, type FolderDeletion, type Tx } from '@keyferry/kernel'
import { mentionOf } from '@keyferry/schemas'
import { namerOf } from './out-of-reach.ts'

/**
 * Refuses a deletion while a folder that stays imports one of the folders, or while a sync reads one and nobody said
 * what shall become of it: both would break without a word. Throws `BadRequest` that names each of them and the way
 * out.
 */
export async function refuseWhileInUse(
  ctx: Pick<Context, 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  { projectId, what, folderIds, syncs: choice = 'refuse' }: Omit<FolderDeletion, 'kind' | 'subjectId'>,
): Promise<void> {
  if (folderIds.length === 0) return
  const syncs =
    choice === 'refuse'
      ? await tx.selectFrom('syncs').where('folderId', 'in', folderIds).select('name').orderBy('name').execute()
      : []
  const importers = await tx
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.sourceFolderId', 'in', folderIds)
    .where('imports.folderId', 'not in', folderIds)
    .select(['environments.slug', 'folders.path'])
    .distinct()
    .orderBy('environments.slug')
    .orderBy('folders.path')
    .execute()
  const names = namerOf(ctx, projectId)
  const known = importers
    .map(({ slug, path }) => ({ environment: slug, path }))
    .filter((place) => !names || names(place))
    .map((place) => mentionOf(place))
  if (syncs.length === 0 && importers.length === 0) return
  const uses = [
    ...syncs.map((sync) => `sync "${sync.name}" reads it`),
    ...known.map(({ text }) => `folder ${text} imports it`),
    ...(known.length < importers.length ? ['a folder that you can’t read imports it'] : []),
  ]
  const remedies = [
    ...(syncs.length > 0 ? ['delete or re-point the sync'] : []),
    ...(importers.length > 0 ? ['remove the import'] : []),
  ]
  const ask =
    syncs.length > 0
      ? ' Or say with `syncs` what shall become of what was written: "keep-secrets" or "remove-secrets".'
      : ''
  throw new BadRequest(`${what} cannot be deleted: ${uses.join(', ')}. First ${remedies.join(' and ')}.${ask}`, {
    mentions: few(known),
  })
}
