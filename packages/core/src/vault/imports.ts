import { randomUUID } from 'node:crypto'
import type { Db } from '@keyferry/db'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { audit } from '../audit.ts'
import { change } from '../change.ts'
import { timestamp, type Actor, type Context, type Tx } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { cyclesAround } from './check-references.ts'
import { findFolder } from './folders.ts'
import { lockProject } from './project-key.ts'

type Import = z.output<typeof schemas.secretImport>

/** The imports of a folder, lowest priority first. Throws `NotFound`. */
export async function listImports(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.listImports>,
): Promise<Import[]> {
  const { folder } = await findFolder(ctx.db, { ...input, secretPath: input.path })
  return importsOf(ctx.db, folder.id)
}

/** Imports a folder, with the highest priority. Throws `NotFound`, and `BadRequest` for a second import of one folder or a cycle of imports or references. */
export function createImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createImport>,
): Promise<Import> {
  return change(ctx, actor, async (tx, touched) => {
    const { folderId, imports, where, key } = await open(ctx, tx, input)
    const source = await sourceOf(tx, input.projectId, input.import)
    await refuseUnsound(tx, folderId, imports, source)
    const before = await cyclesAround(tx, { projectId: input.projectId, key }, folderId)
    const id = randomUUID()
    const at = timestamp(ctx)
    await tx
      .insertInto('imports')
      .values({ id, folderId, sourceFolderId: source, position: imports.length + 1, createdAt: at, updatedAt: at })
      .execute()
    await refuseCycles(tx, { projectId: input.projectId, key }, folderId, before)
    touched(folderId)
    await audit(ctx, tx, actor, 'import.create', input.projectId, { ...where, from: input.import })
    return one(await importsOf(tx, folderId), id)
  })
}

/** Re-points or moves an import; a new position moves the others. Throws like `createImport`. */
export function updateImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateImport>,
): Promise<Import> {
  return change(ctx, actor, async (tx, touched) => {
    const { folderId, imports, where, key } = await open(ctx, tx, input)
    const present = one(imports, input.importId)
    const others = imports.filter((other) => other.id !== present.id)
    const {
      environment = present.importEnv.slug,
      path = present.importPath,
      position = present.position,
    } = input.import
    const source = await sourceOf(tx, input.projectId, { environment, path })
    await refuseUnsound(tx, folderId, others, source)
    const before = await cyclesAround(tx, { projectId: input.projectId, key }, folderId)
    await tx
      .updateTable('imports')
      .set({ sourceFolderId: source, updatedAt: timestamp(ctx) })
      .where('id', '=', present.id)
      .execute()
    const index = Math.min(position, imports.length) - 1
    await arrange(tx, [...others.slice(0, index), present, ...others.slice(index)])
    await refuseCycles(tx, { projectId: input.projectId, key }, folderId, before)
    touched(folderId)
    await audit(ctx, tx, actor, 'import.update', input.projectId, {
      ...where,
      from: { environment, path },
      position: index + 1,
    })
    return one(await importsOf(tx, folderId), present.id)
  })
}

/** Throws `NotFound`. */
export function deleteImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteImport>,
): Promise<Import> {
  return change(ctx, actor, async (tx, touched) => {
    const { folderId, imports, where } = await open(ctx, tx, input)
    const present = one(imports, input.importId)
    await tx.deleteFrom('imports').where('id', '=', present.id).execute()
    await arrange(
      tx,
      imports.filter((other) => other.id !== present.id),
    )
    touched(folderId)
    const from = { environment: present.importEnv.slug, path: present.importPath }
    await audit(ctx, tx, actor, 'import.delete', input.projectId, { ...where, from })
    return present
  })
}

async function open(ctx: Context, tx: Tx, input: { projectId: string; environment: string; path: string }) {
  const key = await lockProject(ctx, tx, input.projectId)
  const { folder, environment } = await findFolder(tx, { ...input, secretPath: input.path })
  return {
    key,
    folderId: folder.id,
    imports: await importsOf(tx, folder.id),
    where: { environment: environment.slug, path: folder.path },
  }
}

async function sourceOf(tx: Tx, projectId: string, from: { environment: string; path: string }): Promise<string> {
  const { folder } = await findFolder(tx, { projectId, environment: from.environment, secretPath: from.path })
  return folder.id
}

async function importsOf(db: Db | Tx, folderId: string): Promise<(Import & { sourceFolderId: string })[]> {
  const rows = await db
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.sourceFolderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.folderId', '=', folderId)
    .selectAll('imports')
    .select(['folders.path', 'environments.id as environmentId', 'environments.name', 'environments.slug'])
    .orderBy('imports.position')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    folderId: row.folderId,
    sourceFolderId: row.sourceFolderId,
    position: row.position,
    isReplication: false,
    importPath: row.path,
    importEnv: { id: row.environmentId, name: row.name, slug: row.slug },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

function one<T extends { id: string }>(imports: readonly T[], id: string): T {
  const found = imports.find((candidate) => candidate.id === id)
  if (!found) throw new NotFound(`Import with ID ${id} not found in this folder`)
  return found
}

/** Throws `BadRequest` when `source` is imported already, or when importing it would let a folder import itself. */
async function refuseUnsound(
  tx: Tx,
  folderId: string,
  others: readonly { sourceFolderId: string }[],
  source: string,
): Promise<void> {
  const chain = await importChain(tx, source, folderId)
  if (chain) {
    const names = await placesOf(tx, [folderId, ...chain])
    throw new BadRequest(`Cyclic import not allowed: ${names.join(' → ')}. Remove one of these imports first.`)
  }
  if (others.some((other) => other.sourceFolderId === source)) {
    const [name] = await placesOf(tx, [source])
    throw new BadRequest(`${name} is already imported by this folder. Move the present import instead.`)
  }
}

/** Throws `BadRequest` naming the references that go round in circles only since the change. */
async function refuseCycles(
  tx: Tx,
  target: { projectId: string; key: DataKey },
  folderId: string,
  before: ReadonlySet<string>,
): Promise<void> {
  const closed = [...(await cyclesAround(tx, target, folderId))].filter((cycle) => !before.has(cycle))
  if (closed.length > 0)
    throw new BadRequest(
      `This import would close a cycle of references: ${closed.join('; ')}. Change one of these first.`,
    )
}

/** The folders one passes from `from` along imports to reach `to`, both included; null when it is not reached. */
async function importChain(tx: Tx, from: string, to: string): Promise<string[] | null> {
  const cameFrom = new Map<string, string | null>([[from, null]])
  let frontier = [from]
  while (frontier.length > 0 && !cameFrom.has(to)) {
    const edges = await tx
      .selectFrom('imports')
      .where('folderId', 'in', frontier)
      .select(['folderId', 'sourceFolderId'])
      .execute()
    frontier = []
    for (const edge of edges) {
      if (cameFrom.has(edge.sourceFolderId)) continue
      cameFrom.set(edge.sourceFolderId, edge.folderId)
      frontier.push(edge.sourceFolderId)
    }
  }
  if (!cameFrom.has(to)) return null
  const chain: string[] = []
  for (let at: string | null | undefined = to; at; at = cameFrom.get(at)) chain.unshift(at)
  return chain
}

/** `dev:/api` for each folder id, in that order. */
async function placesOf(tx: Tx, folderIds: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', 'in', folderIds)
    .select(['folders.id', 'folders.path', 'environments.slug'])
    .execute()
  const names = new Map(rows.map((row) => [row.id, `${row.slug}:${row.path}`]))
  return folderIds.map((id) => names.get(id) ?? id)
}

async function arrange(tx: Tx, order: readonly { id: string; position: number }[]): Promise<void> {
  for (const [index, { id, position }] of order.entries()) {
    if (position !== index + 1)
      await tx
        .updateTable('imports')
        .set({ position: index + 1 })
        .where('id', '=', id)
        .execute()
  }
}
