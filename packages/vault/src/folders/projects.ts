import { randomUUID } from 'node:crypto'
import { amend, type ProjectTable, type Selectable } from '@keyferry/db'
import { audit, NotFound, projectMissing, timestamp, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { lockProject, organizationKeyOf } from '../keys/project-key.ts'
import { refuseWhileInUse } from '../references/in-use.ts'
import { deleteTrash } from '../trash/trash-contents.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { deleteFolders } from './delete-folders.ts'
import { insertEnvironment } from './environments.ts'
import { explainSlug, freeSlug, isTaken, slugTaken } from './project-slug.ts'

type Project = z.output<typeof schemas.project>

const DEFAULT_ENVIRONMENTS = [
  { name: 'Development', slug: 'dev' },
  { name: 'Staging', slug: 'staging' },
  { name: 'Production', slug: 'prod' },
]

/** All projects, by name. */
export async function listProjects(ctx: Context, _actor: Actor, _input?: unknown): Promise<Project[]> {
  const rows = await ctx.db.selectFrom('projects').selectAll().execute()
  const projects = await describeProjects(ctx, rows)
  return projects.sort((a, b) => a.name.localeCompare(b.name))
}

/** Throws `NotFound`. */
export async function getProject(ctx: Context, _actor: Actor, input: { projectId: string }): Promise<Project> {
  const row = await ctx.db.selectFrom('projects').where('id', '=', input.projectId).selectAll().executeTakeFirst()
  return onlyProject(await describeProjects(ctx, row ? [row] : []), projectMissing(input.projectId))
}

/** Throws `NotFound`. */
export async function getProjectBySlug(ctx: Context, _actor: Actor, input: { slug: string }): Promise<Project> {
  const row = await ctx.db.selectFrom('projects').where('slug', '=', input.slug).selectAll().executeTakeFirst()
  return onlyProject(await describeProjects(ctx, row ? [row] : []), `Project with slug "${input.slug}" not found`)
}

/**
 * A project with its own data key and, unless told otherwise, three environments. Throws `BadRequest` when the slug is
 * taken.
 */
export async function createProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createProject>,
): Promise<Project> {
  const id = randomUUID()
  const at = timestamp(ctx)
  await withVaultTransaction(ctx, actor, async (tx) => {
    await ctx.caller?.verify(tx)
    if (input.slug !== undefined && (await isTaken(tx, input.slug))) throw slugTaken(input.slug)
    const slug = input.slug ?? (await freeSlug(tx, input.name))
    const like = await organizationKeyOf(tx)
    await tx
      .insertInto('projects')
      .values({
        id,
        name: input.name,
        slug,
        description: input.description ?? null,
        dataKey: ctx.keyring.create(id, like),
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    if (input.withDefaultEnvironments) {
      for (const [index, environment] of DEFAULT_ENVIRONMENTS.entries()) {
        await insertEnvironment(ctx, tx, { projectId: id, ...environment, position: index + 1 })
      }
    }
    await audit(ctx, tx, actor, 'project.create', id, { name: input.name, slug })
  }).catch(explainSlug(input.slug))
  return getProject(ctx, actor, { projectId: id })
}

/** Throws `NotFound`, and `BadRequest` when the slug is taken. */
export async function updateProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateProject>,
): Promise<Project> {
  const { projectId, name, description, slug } = input
  await withVaultTransaction(ctx, actor, async (tx) => {
    await lockProject(ctx, tx, projectId)
    if (slug !== undefined) {
      const taken = await tx
        .selectFrom('projects')
        .where('slug', '=', slug)
        .where('id', '!=', projectId)
        .select('id')
        .executeTakeFirst()
      if (taken) throw slugTaken(slug)
    }
    if (slug !== undefined) await amend(tx, 'projects', projectId, { slug })
    await tx
      .updateTable('projects')
      .set({ name, description, updatedAt: timestamp(ctx) })
      .where('id', '=', projectId)
      .execute()
    await audit(ctx, tx, actor, 'project.update', projectId, { name, slug })
  }).catch(explainSlug(slug))
  return getProject(ctx, actor, { projectId })
}

/**
 * Deletes a project with all it holds; `syncs` as for a folder. Throws `NotFound`, and `BadRequest` naming its syncs
 * under `refuse`.
 */
export async function deleteProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteProject>,
): Promise<Project> {
  const project = await getProject(ctx, actor, input)
  const released = await withVaultTransaction(ctx, actor, async (tx) => {
    await lockProject(ctx, tx, project.id)
    const folders = await tx
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', project.id)
      .select('folders.id')
      .execute()
    const { id, name } = project
    const what = `Project "${name}"`
    const folderIds = folders.map((folder) => folder.id)
    const deleting = { what, kind: 'project' as const, subjectId: id, projectId: id, folderIds, syncs: input.syncs }
    await refuseWhileInUse(ctx, tx, deleting)
    const released = await ctx.hooks.onFoldersDelete(ctx, tx, actor, deleting)
    if (released.pending) return released
    await deleteFolders(tx, folderIds)
    const trash = await tx.selectFrom('trash').where('projectId', '=', project.id).select('id').execute()
    await deleteTrash(
      tx,
      trash.map((item) => item.id),
    )
    await tx.deleteFrom('projects').where('id', '=', project.id).execute()
    await audit(ctx, tx, actor, 'project.delete', project.id, { name: project.name, slug: project.slug })
    return released
  })
  await released.afterCommit()
  return { ...project, pending: released.pending }
}

async function describeProjects(ctx: Context, rows: readonly Selectable<ProjectTable>[]): Promise<Project[]> {
  if (rows.length === 0) return []
  const organization = await ctx.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
  const environments = await ctx.db
    .selectFrom('environments')
    .where(
      'projectId',
      'in',
      rows.map((row) => row.id),
    )
    .select(['id', 'projectId', 'name', 'slug', 'position'])
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    slug: row.slug,
    description: row.description,
    orgId: organization.id,
    environments: environments
      .filter((environment) => environment.projectId === row.id)
      .map(({ projectId: _, ...rest }) => rest),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

function onlyProject(projects: readonly Project[], otherwise: string): Project {
  const [project] = projects
  if (!project) throw new NotFound(otherwise)
  return project
}
