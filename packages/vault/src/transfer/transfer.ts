/** A project into a file, and out of one. */
import { isUniqueViolation, timeSlice } from '@keyferry/db'
import {
  audit,
  BadRequest,
  budget,
  named,
  snapshot,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import type * as schemas from '@keyferry/schemas'
import { nameOf, parentOf, ROOT } from '@keyferry/schemas/secret-path'
import type { z } from 'zod'
import { insertEnvironment } from '../folders/environments.ts'
import { getProject } from '../folders/projects.ts'
import { organizationKeyOf, projectKey } from '../keys/project-key.ts'
import { faultsAround, refuseNew } from '../references/check-references.ts'
import { refuseBadImportsThrough } from '../references/import-graph.ts'
import { putSecrets } from '../secrets/write.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { findFolder } from '../tree/find-folder.ts'
import { openFile, sealFile, type Content } from '../tree/project-file.ts'
import { refuseBeyond } from '../tree/quotas.ts'
import { shownTags } from '../tree/tags.ts'
import { loadTree, openComment, openMetadata, openValue } from '../tree/tree.ts'

/** Throws `NotFound`, and `BadRequest` naming the secrets that cannot be decrypted. */
export async function exportProject(
  ctx: Context,
  actor: Actor,
  input: { projectId: string; passphrase: string },
): Promise<z.output<typeof schemas.exportedProject>> {
  const { projectId, passphrase } = input
  const packed = await snapshot(ctx, (tx) => collect(ctx, tx, projectId))
  const file = await sealFile(packed, passphrase, ctx.scryptCost)
  await transactChecked(ctx, (tx) =>
    audit(ctx, tx, actor, 'project.export', projectId, { secrets: packed.secrets.length }),
  )
  return { file, fileName: `${packed.project.slug}.keyferry`, secrets: packed.secrets.length }
}

/**
 * Makes a new project out of a file, under its own name and slug unless others are given; all or nothing. Throws
 * `BadRequest` when it is no such file, of a newer version, damaged, or the passphrase is wrong, and when name or slug
 * are taken.
 */
export async function importProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.importProject>,
): Promise<z.output<typeof schemas.project>> {
  const packed = await openFile(ctx.limits, input)
  const name = input.projectName ?? packed.project.name
  const slug = input.slug ?? packed.project.slug
  const projectId = await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    await ctx.caller?.verify(tx)
    const clash = await tx
      .selectFrom('projects')
      .where((eb) => eb.or([eb('name', '=', name), eb('slug', '=', slug)]))
      .select(['name', 'slug'])
      .executeTakeFirst()
    if (clash) {
      const what = clash.slug === slug ? `slug "${slug}"` : `name "${name}"`
      throw new BadRequest(
        `A project with the ${what} already exists. Give another name and slug for the imported one.`,
      )
    }
    return unpack(ctx, tx, actor, packed, { name, slug }, markChanged)
  }).catch((error: unknown) => {
    // Another import was faster.
    throw isUniqueViolation(error)
      ? new BadRequest(`A project with the slug "${slug}" already exists. Give another slug.`)
      : error
  })
  return getProject(ctx, actor, { projectId })
}

async function collect(ctx: Context, tx: Tx, projectId: string): Promise<Content> {
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
  const tagged = await shownTags(tx, projectId, ids)
  const unreadable: string[] = []
  const spend = budget(ctx.limits)
  const slice = timeSlice()
  const secrets: Content['secrets'] = []
  for (const folder of tree.folders.values()) {
    const { environment, path } = folder
    for (const row of folder.secrets.values()) {
      if (slice.isOver()) await slice.rest()
      const value = openValue(key, projectId, row)
      if (value === null) {
        unreadable.push(`${environment}:${path} ${row.key}`)
        continue
      }
      const comment = openComment(key, projectId, row)
      spend(Buffer.byteLength(value) + row.comment.length + row.metadata.length)
      secrets.push({
        environment,
        path,
        key: row.key,
        value,
        comment,
        metadata: openMetadata(key, projectId, row),
        skipMultilineEncoding: row.skipMultilineEncoding === 1,
        isLiteral: row.isLiteral === 1,
        tags: (tagged.get(row.id) ?? []).map((tag) => tag.slug),
      })
    }
  }
  if (unreadable.length > 0)
    throw new BadRequest(
      `These secrets cannot be decrypted: ${named(unreadable, (name) => name)}. Write or delete them first.`,
    )
  return {
    project,
    environments,
    folders: folders.map(({ id: _, ...folder }) => folder),
    tags: await tx
      .selectFrom('tags')
      .where('projectId', '=', projectId)
      .select(['slug', 'name', 'color'])
      .orderBy('slug')
      .execute(),
    imports: [...tree.folders.values()].flatMap((into) =>
      // Lowest priority first, which is the order they are made in.
      into.imports.toReversed().flatMap((id) => {
        const from = tree.folders.get(id)
        return from
          ? [
              {
                into: { environment: into.environment, path: into.path },
                from: { environment: from.environment, path: from.path },
              },
            ]
          : []
      }),
    ),
    secrets,
  }
}

async function unpack(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  packed: Content,
  { name, slug }: { name: string; slug: string },
  markChanged: (folderId: string) => void,
): Promise<string> {
  const projectId = crypto.randomUUID()
  const at = timestamp(ctx)
  const dataKey = ctx.keyring.create(projectId, await organizationKeyOf(tx))
  const { description } = packed.project
  await tx
    .insertInto('projects')
    .values({ id: projectId, name, slug, description, dataKey, createdAt: at, updatedAt: at })
    .execute()
  await refuseBeyond(ctx, tx, projectId, 'folders', packed.folders.length)
  await refuseBeyond(ctx, tx, projectId, 'tags', packed.tags.length)
  await refuseBeyond(ctx, tx, projectId, 'imports', packed.imports.length)
  const slice = timeSlice()
  for (const [index, environment] of packed.environments.entries())
    await insertEnvironment(ctx, tx, { projectId, ...environment, position: index + 1 })
  const find = ({ environment, path }: { environment: string; path: string }) =>
    findFolder(tx, { projectId, environment, secretPath: path })
  for (const { environment, path, description } of packed.folders.toSorted((a, b) => a.path.length - b.path.length)) {
    if (slice.isOver()) await slice.rest()
    if (path === ROOT) continue
    const parent = await find({ environment, path: parentOf(path) })
    await tx
      .insertInto('folders')
      .values({
        id: crypto.randomUUID(),
        environmentId: parent.environment.id,
        parentId: parent.folder.id,
        name: nameOf(path),
        path,
        description,
        revision: 0,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
  }
  const tagIds = new Map<string, string>()
  for (const tag of packed.tags) {
    const id = crypto.randomUUID()
    tagIds.set(tag.slug, id)
    await tx
      .insertInto('tags')
      .values({ ...tag, id, projectId, createdAt: at })
      .execute()
  }
  const key = ctx.keyring.open(projectId, dataKey)
  const written: string[] = []
  for (const [, secrets] of Map.groupBy(packed.secrets, ({ environment, path }) => `${environment}:${path}`)) {
    const [first] = secrets
    if (!first) continue
    const target = { ...(await find(first)), projectId, key }
    const puts = secrets.map(({ key, value, comment, metadata, skipMultilineEncoding, isLiteral, tags }) => ({
      present: undefined,
      key,
      value,
      comment,
      metadata,
      skipMultilineEncoding,
      isLiteral,
      tagIds: tags.flatMap((slug) => tagIds.get(slug) ?? []),
    }))
    await putSecrets(ctx, tx, actor, target, puts)
    written.push(target.folder.id)
    markChanged(target.folder.id)
  }
  const sources = new Map<string, string[]>()
  for (const { into, from } of packed.imports) {
    if (slice.isOver()) await slice.rest()
    const folderId = (await find(into)).folder.id
    const sourceFolderId = (await find(from)).folder.id
    const imports = sources.get(folderId) ?? []
    sources.set(folderId, imports)
    const position = imports.push(sourceFolderId)
    await tx
      .insertInto('imports')
      .values({ id: crypto.randomUUID(), folderId, sourceFolderId, position, counted: 1, createdAt: at, updatedAt: at })
      .execute()
  }
  for (const [id, imports] of sources) await moveHead(tx, { projectId, key, folder: { id } }, {}, { imports })
  await refuseBadImportsThrough(tx, null, projectId, [...sources.keys()])
  refuseNew(ctx, projectId, new Map(), await faultsAround(ctx, tx, { projectId, key }, written))
  await audit(ctx, tx, actor, 'project.import', projectId, { name, slug, secrets: packed.secrets.length })
  return projectId
}
