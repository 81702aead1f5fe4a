/** A new project out of what a file contains. Inside the transaction that imports it. */
import { timeSlice } from '@keyferry/db'
import { audit, timestamp, type Actor, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import { nameOf, parentOf, ROOT } from '@keyferry/schemas/secret-path'
import { insertEnvironment } from '../folders/environments.ts'
import { organizationKeyOf } from '../keys/project-key.ts'
import { refuseNewFaults } from '../references/check-references.ts'
import { refuseBadImportsThrough } from '../references/import-graph.ts'
import { putSecrets } from '../secrets/write/write.ts'
import { findFolder, type Located } from '../tree/find-folder.ts'
import type { Content } from '../tree/project-file.ts'
import { refuseBeyond } from '../tree/quotas.ts'

/**
 * Resolves to the project's ID and the folders that have secrets. Throws `BadRequest` for content that no project can
 * have.
 */
export async function unpackProject(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  packed: Content,
  { name, slug }: { name: string; slug: string },
): Promise<{ projectId: string; written: string[] }> {
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
  const key = ctx.keyring.open(projectId, dataKey)
  const unpacking = { ctx, tx, actor, packed, projectId, key, at, slice: timeSlice() }
  for (const [index, environment] of packed.environments.entries())
    await insertEnvironment(ctx, tx, { projectId, ...environment, position: index + 1 })
  await insertFolders(unpacking)
  const written = await insertSecrets(unpacking, await insertTags(unpacking))
  const importers = await insertImports(unpacking)
  await refuseBadImportsThrough(tx, null, projectId, importers)
  await refuseNewFaults(ctx, tx, { projectId, key }, written, new Map())
  await audit(ctx, tx, actor, 'project.import', projectId, { name, slug, secrets: packed.secrets.length })
  return { projectId, written }
}

interface Unpacking {
  ctx: Context
  tx: Tx
  actor: Actor
  packed: Content
  projectId: string
  key: DataKey
  at: string
  slice: ReturnType<typeof timeSlice>
}

const find = ({ tx, projectId }: Unpacking, at: { environment: string; path: string }): Promise<Located> =>
  findFolder(tx, { projectId, environment: at.environment, secretPath: at.path })

async function insertFolders(unpacking: Unpacking): Promise<void> {
  const { tx, packed, at, slice } = unpacking
  // Parents first.
  for (const { environment, path, description } of packed.folders.toSorted((a, b) => a.path.length - b.path.length)) {
    if (slice.isOver()) await slice.rest()
    if (path === ROOT) continue
    const parent = await find(unpacking, { environment, path: parentOf(path) })
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
}

/** Resolves to IDs by slug. */
async function insertTags({ tx, packed, projectId, at }: Unpacking): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for (const tag of packed.tags) {
    const id = crypto.randomUUID()
    ids.set(tag.slug, id)
    await tx
      .insertInto('tags')
      .values({ ...tag, id, projectId, createdAt: at })
      .execute()
  }
  return ids
}

/** Resolves to the IDs of the folders that have some. */
async function insertSecrets(unpacking: Unpacking, tagIds: ReadonlyMap<string, string>): Promise<string[]> {
  const { ctx, tx, actor, packed, projectId, key } = unpacking
  const written: string[] = []
  for (const [, secrets] of Map.groupBy(packed.secrets, ({ environment, path }) => `${environment}:${path}`)) {
    const [first] = secrets
    if (!first) continue
    const target = { ...(await find(unpacking, first)), projectId, key }
    const puts = secrets.map(({ environment: _, path: __, tags, ...secret }) => ({
      ...secret,
      present: undefined,
      tagIds: tags.flatMap((slug) => tagIds.get(slug) ?? []),
    }))
    await putSecrets(ctx, tx, actor, target, puts)
    written.push(target.folder.id)
  }
  return written
}

/** Resolves to the IDs of the folders that have some. */
async function insertImports(unpacking: Unpacking): Promise<string[]> {
  const { tx, packed, projectId, key, at, slice } = unpacking
  const sources = new Map<string, string[]>()
  for (const { into, from } of packed.imports) {
    if (slice.isOver()) await slice.rest()
    const folderId = (await find(unpacking, into)).folder.id
    const sourceFolderId = (await find(unpacking, from)).folder.id
    const imports = sources.get(folderId) ?? []
    sources.set(folderId, imports)
    const position = imports.push(sourceFolderId)
    await tx
      .insertInto('imports')
      .values({ id: crypto.randomUUID(), folderId, sourceFolderId, position, counted: 1, createdAt: at, updatedAt: at })
      .execute()
  }
  for (const [id, imports] of sources) await moveHead(tx, { projectId, key, folder: { id } }, {}, { imports })
  return [...sources.keys()]
}
