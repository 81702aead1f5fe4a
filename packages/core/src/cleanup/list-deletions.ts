import type { Actor, Context } from '@keyferry/kernel'
import type { pendingDeletion } from '@keyferry/schemas'
import { namerOf } from '@keyferry/vault'
import type { z } from 'zod'
import { foldersOf } from './deletions.ts'

type Pending = z.output<typeof pendingDeletion>

/**
 * Folders, environments and the project itself that wait for syncs to remove what they wrote, oldest first, with those
 * of the syncs whose folders the caller may know.
 */
export async function listDeletions(ctx: Context, _actor: Actor, input: { projectId: string }): Promise<Pending[]> {
  const knows = namerOf(ctx, input.projectId) ?? (() => true)
  const rows = await ctx.db
    .selectFrom('deletions')
    .leftJoin('folders', 'folders.id', 'deletions.subjectId')
    .leftJoin('environments', (join) =>
      join.on((eb) =>
        eb.or([
          eb('environments.id', '=', eb.ref('deletions.subjectId')),
          eb('environments.id', '=', eb.ref('folders.environmentId')),
        ]),
      ),
    )
    .where('deletions.projectId', '=', input.projectId)
    .select(['deletions.kind', 'deletions.subjectId', 'deletions.actor', 'deletions.createdAt'])
    .select(['folders.path', 'environments.slug'])
    .orderBy('deletions.createdAt')
    .orderBy('deletions.id')
    .execute()
  return Promise.all(
    rows.map(async ({ kind, subjectId, actor, createdAt, path, slug }): Promise<Pending> => {
      const { name }: Actor = JSON.parse(actor)
      const folderIds = await foldersOf(ctx, { kind, subjectId })
      const syncs =
        folderIds.length === 0
          ? []
          : await ctx.db
              .selectFrom('syncs')
              .innerJoin('folders', 'folders.id', 'syncs.folderId')
              .innerJoin('environments', 'environments.id', 'folders.environmentId')
              .where('syncs.folderId', 'in', folderIds)
              .select(['syncs.id', 'syncs.name', 'syncs.destination'])
              .select(['environments.slug as environment', 'folders.path'])
              .orderBy('syncs.name')
              .execute()
      const known = syncs.filter(knows).map(({ id, name, destination }) => ({ id, name, destination }))
      return { kind, subjectId, environment: slug, secretPath: path, askedAt: createdAt, askedBy: name, syncs: known }
    }),
  )
}
