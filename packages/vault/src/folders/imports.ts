import { randomUUID } from 'node:crypto'
import { amend, readStart, timeSlice } from '@keyferry/db'
import { audit, BadRequest, NotFound, snapshot, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { checkFolder, moveHead } from '@keyferry/kernel/authority'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { faultsAround, refuseNewFaults } from '../references/check-references.ts'
import { importsIn, mentionsOf, refuseBadImport } from '../references/import-graph.ts'
import { namerOf } from '../references/out-of-reach.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { findFolder } from '../tree/find-folder.ts'
import { refuseBeyond } from '../tree/quotas.ts'

type Import = z.output<typeof schemas.secretImport>

/** The imports of a folder, lowest priority first. Throws `NotFound`, and `IntegrityBroken` when one was taken out. */
export async function listImports(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.listImports>,
): Promise<Import[]> {
  return snapshot(ctx, async (tx) => {
    const start = readStart()
    const { folder, dataKey } = await findFolder(tx, { ...input, secretPath: input.path })
    const imports = await importsOf(tx, folder.id)
    const key = ctx.keyring.open(input.projectId, dataKey)
    const headed = { ...folder, projectId: input.projectId }
    await checkFolder(ctx, key, headed, { imports: imports.map(({ sourceFolderId }) => sourceFolderId) }, start)
    return imports
  })
}

/** Throws like `listImports`. */
export async function getImport(
  ctx: Context,
  actor: Actor,
  { importId }: { importId: string },
): Promise<z.output<typeof schemas.ownImport>> {
  const row = await ctx.db
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.id', '=', importId)
    .select(['folders.path', 'environments.projectId', 'environments.id', 'environments.name', 'environments.slug'])
    .executeTakeFirst()
  if (!row) throw new NotFound(`Import with ID ${importId} not found`)
  const { projectId, path, ...environment } = row
  const imports = await listImports(ctx, actor, { projectId, environment: environment.slug, path })
  return { ...importWith(imports, importId), projectId, into: { environment, path } }
}

/**
 * Imports a folder, with the highest priority. Throws `NotFound`, and `BadRequest` for a second import of one folder or
 * a cycle of imports or references.
 */
export function createImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createImport>,
): Promise<Import> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const { folder, imports, where, key } = await open(ctx, tx, input)
    const folderId = folder.id
    const source = await sourceOf(tx, input.projectId, input.import)
    await refuseUnsound(ctx, tx, input.projectId, { folderId, sourceFolderId: source, others: imports })
    await refuseBeyond(ctx, tx, input.projectId, 'imports')
    const before = await faultsAround(ctx, tx, { projectId: input.projectId, key }, [folderId])
    const id = randomUUID()
    const at = timestamp(ctx)
    await tx
      .insertInto('imports')
      .values({
        id,
        folderId,
        sourceFolderId: source,
        position: imports.length + 1,
        counted: 1,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
    await moveHead(tx, { projectId: input.projectId, key, folder }, {}, { imports: [source] })
    await refuseNewFaults(ctx, tx, { projectId: input.projectId, key }, [folderId], before)
    markChanged(folderId)
    await audit(ctx, tx, actor, 'import.create', input.projectId, { ...where, from: input.import })
    return importWith(await importsOf(tx, folderId), id)
  })
}

/** Re-points or moves an import; a new position moves the others. Throws like `createImport`. */
export function updateImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateImport>,
): Promise<Import> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const { folder, imports, where, key } = await open(ctx, tx, input)
    const folderId = folder.id
    const present = importWith(imports, input.importId)
    const others = imports.filter((other) => other.id !== present.id)
    const { environment = present.environment.slug, path = present.path, position = present.position } = input.import
    const source = await sourceOf(tx, input.projectId, { environment, path })
    await refuseUnsound(ctx, tx, input.projectId, { folderId, sourceFolderId: source, others })
    const before = await faultsAround(ctx, tx, { projectId: input.projectId, key }, [folderId])
    await amend(tx, 'imports', present.id, { sourceFolderId: source })
    if (source !== present.sourceFolderId)
      await moveHead(
        tx,
        { projectId: input.projectId, key, folder },
        { imports: [present.sourceFolderId] },
        { imports: [source] },
      )
    await tx
      .updateTable('imports')
      .set({ updatedAt: timestamp(ctx) })
      .where('id', '=', present.id)
      .execute()
    const index = Math.min(position, imports.length) - 1
    await arrange(tx, [...others.slice(0, index), present, ...others.slice(index)])
    await refuseNewFaults(ctx, tx, { projectId: input.projectId, key }, [folderId], before)
    markChanged(folderId)
    await audit(ctx, tx, actor, 'import.update', input.projectId, {
      ...where,
      from: { environment, path },
      position: index + 1,
    })
    return importWith(await importsOf(tx, folderId), present.id)
  })
}

/** Throws `NotFound`. */
export function deleteImport(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteImport>,
): Promise<Import> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const { folder, imports, where, key } = await open(ctx, tx, input)
    const present = importWith(imports, input.importId)
    await tx.deleteFrom('imports').where('id', '=', present.id).execute()
    await moveHead(tx, { projectId: input.projectId, key, folder }, { imports: [present.sourceFolderId] }, {})
    await arrange(
      tx,
      imports.filter((other) => other.id !== present.id),
    )
    markChanged(folder.id)
    const from = { environment: present.environment.slug, path: present.path }
    await audit(ctx, tx, actor, 'import.delete', input.projectId, { ...where, from })
    return present
  })
}

async function open(ctx: Context, tx: Tx, input: { projectId: string; environment: string; path: string }) {
  const key = await lockProject(ctx, tx, input.projectId)
  const { folder, environment } = await findFolder(tx, { ...input, secretPath: input.path })
  return {
    key,
    folder,
    imports: await importsOf(tx, folder.id),
    where: { environment: environment.slug, path: folder.path },
  }
}

async function sourceOf(tx: Tx, projectId: string, from: { environment: string; path: string }): Promise<string> {
  const { folder } = await findFolder(tx, { projectId, environment: from.environment, secretPath: from.path })
  return folder.id
}

async function importsOf(tx: Tx, folderId: string): Promise<Row[]> {
  const rows = await tx
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
    path: row.path,
    environment: { id: row.environmentId, name: row.name, slug: row.slug },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

function importWith<T extends { id: string }>(imports: readonly T[], id: string): T {
  const found = imports.find((candidate) => candidate.id === id)
  if (!found) throw new NotFound(`Import with ID ${id} not found in this folder`)
  return found
}

/**
 * Throws `BadRequest` when `source` is imported already, when a folder would import itself, and beyond the limit of
 * levels.
 */
async function refuseUnsound(
  ctx: Context,
  tx: Tx,
  projectId: string,
  { folderId, sourceFolderId, others }: { folderId: string; sourceFolderId: string; others: readonly Row[] },
): Promise<void> {
  const kept = new Set(others.map(({ id }) => id))
  const edges = (await importsIn(tx, projectId)).filter((edge) => edge.folderId !== folderId || kept.has(edge.id))
  await refuseBadImport(tx, namerOf(ctx, projectId), edges, { folderId, sourceFolderId })
  if (others.some((other) => other.sourceFolderId === sourceFolderId)) {
    const mentions = (await mentionsOf(tx, [sourceFolderId])).filter((folder) => folder !== null)
    const name = mentions[0]?.text ?? 'The folder'
    throw new BadRequest(`${name} is already imported by this folder. Move the present import instead.`, { mentions })
  }
}

type Row = Import & { sourceFolderId: string }

async function arrange(tx: Tx, order: readonly { id: string; position: number }[]): Promise<void> {
  const slice = timeSlice()
  for (const [index, { id, position }] of order.entries()) {
    if (slice.isOver()) await slice.rest()
    if (position !== index + 1) await amend(tx, 'imports', id, { position: index + 1 })
  }
}
