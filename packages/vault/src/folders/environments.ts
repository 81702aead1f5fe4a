import { randomUUID } from 'node:crypto'
import { amend, type EnvironmentTable, type Selectable } from '@keyferry/db'
import { audit, BadRequest, NotFound, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { refuseWhileInUse } from '../references/in-use.ts'
import { rewriteReferences } from '../secrets/write/rewrite-references.ts'
import { findEnvironment } from '../tree/find-folder.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { refuseBeyond } from '../tree/quotas.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { deleteFolders } from './delete-folders.ts'
import { keepEnvironment } from './deleted-environments.ts'

type Environment = z.output<typeof schemas.ownEnvironment>

/** Throws `NotFound`. */
export async function getEnvironment(
  ctx: Context,
  _actor: Actor,
  { environmentId, projectId }: z.output<typeof schemas.getEnvironment>,
): Promise<Environment> {
  const row = await ctx.db.selectFrom('environments').where('id', '=', environmentId).selectAll().executeTakeFirst()
  if (!row || (projectId !== undefined && row.projectId !== projectId))
    throw new NotFound(`Environment with ID ${environmentId} not found`)
  return describeEnvironment(row)
}

/** Throws `NotFound`. */
export async function getEnvironmentBySlug(
  ctx: Context,
  _actor: Actor,
  place: z.output<typeof schemas.place>,
): Promise<Environment> {
  return describeEnvironment(await findEnvironment(ctx.db, place))
}

/**
 * Adds an environment with its root folder, last or at `position` (from 1), which moves the others. Throws `BadRequest`
 * when the slug is taken.
 */
export function createEnvironment(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createEnvironment>,
): Promise<Environment> {
  return withVaultTransaction(ctx, actor, async (tx) => {
    await lockProject(ctx, tx, input.projectId)
    const others = await environmentsOf(tx, input.projectId)
    refuseTaken(others, input.slug)
    await refuseBeyond(ctx, tx, input.projectId, 'folders')
    const created = await insertEnvironment(ctx, tx, { ...input, position: others.length + 1 })
    const position = await place(ctx, tx, others, created.id, input.position ?? others.length + 1)
    await audit(ctx, tx, actor, 'environment.create', input.projectId, { name: input.name, slug: input.slug })
    return describeEnvironment({ ...created, position })
  })
}

/**
 * Renames or moves an environment. References name environments by slug: those to the old one are rewritten, and those
 * that already used the new one are repaired; readers of both are marked as changed. Throws `NotFound`, and
 * `BadRequest` when the slug is taken.
 */
export function updateEnvironment(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateEnvironment>,
): Promise<Environment> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, input.projectId)
    const all = await environmentsOf(tx, input.projectId)
    const environment = find(all, input.environmentId)
    const others = all.filter((other) => other.id !== environment.id)
    const { name = environment.name, slug = environment.slug } = input
    const updatedAt = timestamp(ctx)
    if (slug !== environment.slug) {
      refuseTaken(others, slug)
      const folders = await folderIdsOf(tx, environment.id)
      for (const id of await dependentsOf(tx, folders)) markChanged(id)
    }
    const store = async (): Promise<void> => {
      if (slug !== environment.slug) await amend(tx, 'environments', environment.id, { slug })
      await tx.updateTable('environments').set({ name, updatedAt }).where('id', '=', environment.id).execute()
    }
    let rewritten: string[] = []
    if (slug === environment.slug) await store()
    else {
      const folders = await tx
        .selectFrom('folders')
        .where('environmentId', '=', environment.id)
        .select(['id', 'path'])
        .execute()
      const moving = { folders: new Map(folders.map(({ id, path }) => [id, { environment: slug, path }])) }
      const followed = await rewriteReferences(
        { ctx, tx, actor, project: { projectId: input.projectId, key }, markChanged },
        moving,
        store,
      )
      rewritten = followed.rewritten
    }
    const position = await place(ctx, tx, others, environment.id, input.position ?? all.indexOf(environment) + 1)
    await audit(ctx, tx, actor, 'environment.update', input.projectId, {
      from: environment.slug,
      slug,
      name,
      position,
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
    return describeEnvironment({ ...environment, name, slug, position, updatedAt })
  })
}

/**
 * Deletes an environment with all it holds; `syncs` as for a folder. Throws `NotFound`, and `BadRequest` while a folder
 * elsewhere imports from it, and naming the syncs that read it under `refuse`.
 */
export async function deleteEnvironment(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteEnvironment>,
): Promise<Environment> {
  const { deleted, released } = await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, input.projectId)
    const all = await environmentsOf(tx, input.projectId)
    const environment = find(all, input.environmentId)
    const folders = await folderIdsOf(tx, environment.id)
    const { id, slug } = environment
    const deleted = describeEnvironment(environment)
    const { projectId, syncs } = input
    const what = `Environment "${slug}"`
    const deleting = { what, kind: 'environment' as const, subjectId: id, projectId, folderIds: folders, syncs }
    await refuseWhileInUse(ctx, tx, deleting)
    const released = await ctx.hooks.onFoldersDelete(ctx, tx, actor, deleting)
    if (released.pending) return { deleted, released }
    const inside = new Set(folders)
    for (const id of await dependentsOf(tx, folders)) if (!inside.has(id)) markChanged(id)
    await keepEnvironment(ctx, tx, actor, { key, environment }, folders)
    await deleteFolders(tx, folders)
    await tx.deleteFrom('environments').where('id', '=', environment.id).execute()
    await arrange(
      ctx,
      tx,
      all.filter((other) => other.id !== environment.id),
    )
    await audit(ctx, tx, actor, 'environment.delete', input.projectId, {
      name: environment.name,
      slug: environment.slug,
    })
    return { deleted, released }
  })
  await released.afterCommit()
  return { ...deleted, pending: released.pending }
}

/** Inserts the environment and its root folder. */
export async function insertEnvironment(
  ctx: Context,
  tx: Tx,
  environment: { projectId: string; name: string; slug: string; position: number },
): Promise<Row> {
  const id = randomUUID()
  const at = timestamp(ctx)
  const { projectId, name, slug, position } = environment
  const row: Row = { id, projectId, name, slug, position, createdAt: at, updatedAt: at }
  await tx.insertInto('environments').values(row).execute()
  await tx
    .insertInto('folders')
    .values({
      id: randomUUID(),
      environmentId: id,
      parentId: null,
      name: '',
      path: '/',
      description: null,
      revision: 0,
      createdAt: at,
      updatedAt: at,
    })
    .execute()
  return row
}

type Row = Selectable<EnvironmentTable>

const environmentsOf = (tx: Tx, projectId: string): Promise<Row[]> =>
  tx.selectFrom('environments').where('projectId', '=', projectId).selectAll().orderBy('position').execute()

async function folderIdsOf(tx: Tx, environmentId: string): Promise<string[]> {
  const folders = await tx.selectFrom('folders').where('environmentId', '=', environmentId).select('id').execute()
  return folders.map((folder) => folder.id)
}

function find(environments: readonly Row[], id: string): Row {
  const environment = environments.find((candidate) => candidate.id === id)
  if (!environment) throw new NotFound(`Environment with ID ${id} not found in this project`)
  return environment
}

function refuseTaken(others: readonly Row[], slug: string): void {
  const taken = others.find((other) => other.slug === slug)
  if (taken)
    throw new BadRequest(
      `Environment slug "${slug}" is already taken by environment "${taken.name}". Choose another slug.`,
    )
}

/** Puts `id` at `position` among `others` and numbers them all; returns the position it got. */
async function place(ctx: Context, tx: Tx, others: readonly Row[], id: string, position: number): Promise<number> {
  const index = Math.min(position, others.length + 1) - 1
  await arrange(ctx, tx, [...others.slice(0, index), { id }, ...others.slice(index)])
  return index + 1
}

async function arrange(ctx: Context, tx: Tx, order: readonly { id: string; position?: number }[]): Promise<void> {
  for (const [index, { id, position }] of order.entries()) {
    if (position === index + 1) continue
    await tx
      .updateTable('environments')
      .set({ position: index + 1, updatedAt: timestamp(ctx) })
      .where('id', '=', id)
      .execute()
  }
}

const describeEnvironment = ({ id, projectId, name, slug, position, createdAt, updatedAt }: Row): Environment => ({
  id,
  projectId,
  name,
  slug,
  position,
  createdAt,
  updatedAt,
})
