import type { Actor, Context } from '@keyferry/kernel'
import type { pendingDeletion } from '@keyferry/schemas'
import type { z } from 'zod'
import { foldersOf } from './deletions.ts'

type Pending = z.output<typeof pendingDeletion>

/**
 * Folders, environments and the project itself that wait for syncs to remove what they wrote, oldest first, with those
 * syncs.
 */
export async function listDeletions(ctx: Context, _actor: Actor, input: { projectId: string }): Promise<Pending[]> {
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
              .where('folderId', 'in', folderIds)
              .select(['id', 'name', 'destination'])
              .orderBy('name')
              .execute()
      return { kind, subjectId, environment: slug, secretPath: path, askedAt: createdAt, askedBy: name, syncs }
    }),
  )
}
