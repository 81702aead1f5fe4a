/** What a file of a project contains, read in one snapshot. */
import { timeSlice } from '@keyferry/db'
import { BadRequest, budget, named, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import { projectKey } from '../keys/project-key.ts'
import type { Content } from '../tree/project-file.ts'
import { shownTags } from '../tree/tags.ts'
import { loadTree, openComment, openMetadata, openValue, type Tree } from '../tree/tree.ts'

/** Throws `NotFound`, and `BadRequest` naming the secrets that cannot be decrypted. */
export async function collectProject(ctx: Context, tx: Tx, projectId: string): Promise<Content> {
  const key = await projectKey(ctx, tx, projectId)
  const project = await tx
    .selectFrom('projects')
    .where('id', '=', projectId)
    .select(['name', 'slug', 'description'])
    .executeTakeFirstOrThrow()
  const environments = await tx
    .selectFrom('environments')
    .where('projectId', '=', projectId)
    .select(['name', 'slug'])
    .orderBy('position')
    .execute()
  const folders = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select(['folders.id', 'folders.path', 'folders.description', 'environments.slug as environment'])
    .orderBy('folders.path')
    .execute()
  const ids = folders.map((folder) => folder.id)
  const tree = await loadTree(ctx, tx, ids, 'imports')
  const tags = await tx
    .selectFrom('tags')
    .where('projectId', '=', projectId)
    .select(['slug', 'name', 'color'])
    .orderBy('slug')
    .execute()
  return {
    project,
    environments,
    folders: folders.map(({ id: _, ...folder }) => folder),
    tags,
    imports: importsIn(tree),
    secrets: await openSecrets(ctx, tree, { projectId, key }, await shownTags(tx, projectId, { folderIds: ids })),
  }
}

const importsIn = (tree: Tree): Content['imports'] =>
  [...tree.folders.values()].flatMap((into) =>
    // Lowest priority first, which is the order they are made in.
    into.imports.toReversed().flatMap((id) => {
      const from = tree.folders.get(id)
      if (!from) return []
      return {
        into: { environment: into.environment, path: into.path },
        from: { environment: from.environment, path: from.path },
      }
    }),
  )

async function openSecrets(
  ctx: Context,
  tree: Tree,
  { projectId, key }: { projectId: string; key: DataKey },
  tags: Awaited<ReturnType<typeof shownTags>>,
): Promise<Content['secrets']> {
  const unreadable: string[] = []
  const spend = budget(ctx.limits)
  const slice = timeSlice()
  const secrets: Content['secrets'] = []
  for (const { environment, path, secrets: rows } of tree.folders.values()) {
    for (const row of rows.values()) {
      if (slice.isOver()) await slice.rest()
      const value = openValue(key, projectId, row)
      if (value === null) {
        unreadable.push(`${environment}:${path} ${row.key}`)
        continue
      }
      spend(Buffer.byteLength(value) + row.comment.length + row.metadata.length)
      secrets.push({
        environment,
        path,
        key: row.key,
        value,
        comment: openComment(key, projectId, row),
        metadata: openMetadata(key, projectId, row),
        skipMultilineEncoding: row.skipMultilineEncoding === 1,
        isLiteral: row.isLiteral === 1,
        tags: (tags.get(row.id) ?? []).map((tag) => tag.slug),
      })
    }
  }
  if (unreadable.length === 0) return secrets
  throw new BadRequest(
    `These secrets cannot be decrypted: ${named(unreadable, (name) => name)}. Write or delete them first.`,
  )
}
