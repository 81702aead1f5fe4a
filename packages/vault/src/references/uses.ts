/** "Who uses this?": asked before something is deleted, moved or renamed. */
import { inList, timeSlice } from '@keyferry/db'
import {
  auditEvent,
  budget,
  hasReference,
  MAX_NAME_BYTES,
  NotFound,
  shortened,
  snapshot,
  type Actor,
  type Context,
  type Reference,
  type Spend,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { projectKey } from '../keys/project-key.ts'
import { findFolder, foldersBelow, type Located } from '../tree/find-folder.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { loadTree, openValue, valueOpener, type SecretRow, type Tree, type TreeFolder } from '../tree/tree.ts'
import { createExpander, type Expander } from './expand.ts'
import { namerOf, readerOf, refuseTreeOutOfReach } from './out-of-reach.ts'
import { areOutOfReach, reachedOf } from './reached.ts'
import { MAX_REFERENCE_LEVELS, referenceGraph, type Node, type ReferenceGraph } from './reference-graph.ts'

type Uses = z.output<typeof schemas.uses>
type Query = z.output<typeof schemas.referenceQuery>

interface Referrer {
  folder: TreeFolder
  row: SecretRow
  /** Where it finds what it mentions: in the named folder itself, or there through an import. */
  through: 'direct' | 'imported'
  /** As written. */
  text: string
}

/**
 * Syncs, imports and references that would notice if the folder with everything in it, or with `key` that
 * secret, were gone; of those the ones in folders that the caller may know. Throws `NotFound`.
 */
export async function listUses(ctx: Context, _actor: Actor, input: z.output<typeof schemas.usesQuery>): Promise<Uses> {
  const knows = namerOf(ctx, input.projectId) ?? (() => true)
  const { syncs, ...uses } = await snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    const { key } = input
    const inside = key === undefined ? [located.folder.id, ...(await foldersBelow(tx, located))] : [located.folder.id]
    const gone = new Set(inside)
    const found = await referrers(ctx, tx, input.projectId, inside, key)
    const outside = key === undefined ? found.filter(({ folder }) => !gone.has(folder.id)) : found
    const readers = await dependentsOf(tx, inside)
    return {
      syncs: (await syncsReading(tx, readers, gone)).filter(knows),
      imports: (await importersOf(tx, inside, gone)).filter(({ environment, secretPath: path }) =>
        knows({ environment, path }),
      ),
      references: outside.map(({ folder, row, text }) => ({
        key: row.key,
        environment: folder.environment,
        secretPath: folder.path,
        to: shortened(text, MAX_NAME_BYTES),
      })),
    }
  })
  return { ...uses, syncs: await shownSyncs(ctx, input.projectId, syncs) }
}

/**
 * The syncs that read a folder, directly or through imports and references; of those the ones in folders that the
 * caller may know. They are the ones that `listUses` names for each of its secrets. Throws `NotFound`.
 */
export function listReaders(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.readersQuery>,
): Promise<z.output<typeof schemas.reader>[]> {
  const knows = namerOf(ctx, input.projectId) ?? (() => true)
  return snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, input)
    const found = await syncsAt(tx, await dependentsOf(tx, [folder.id])).execute()
    return found
      .filter(knows)
      .map(({ id, name, destination, folderId }) => ({ id, name, destination, direct: folderId === folder.id }))
  })
}

/** A number of keys reveals which of them a hidden folder has, like every result of a sync. */
async function shownSyncs(ctx: Context, projectId: string, syncs: readonly ReadingSync[]): Promise<Uses['syncs']> {
  const results = syncs.map((sync) => ({ reached: reachedOf(sync), source: sync.folderId }))
  const beyond = await areOutOfReach(ctx, projectId, results)
  return syncs.map(({ id, name, destination, direct, written }, at) => ({
    id,
    name,
    destination,
    direct,
    written: beyond[at] === false ? written : null,
  }))
}

/** The secrets whose values mention this one. Throws `NotFound`. */
export function listReferences(
  ctx: Context,
  _actor: Actor,
  input: Query,
): Promise<z.output<typeof schemas.secretReferences>> {
  return snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    await present(tx, located, input.key)
    const found = await referrers(ctx, tx, input.projectId, [located.folder.id], input.key)
    const references = found.map(({ folder, row, through }) => ({
      key: row.key,
      secretId: row.id,
      environment: folder.environment,
      secretPath: folder.path,
      referenceType: through,
    }))
    return { references, totalCount: references.length }
  })
}

/**
 * What a value is made of: the secret, the secrets it mentions, and so on, each with its resolved value. Throws
 * `NotFound`.
 */
export async function readReferenceTree(
  ctx: Context,
  actor: Actor,
  input: Query,
): Promise<z.output<typeof schemas.secretReferenceTree>> {
  const { projectId, environment, secretPath, key } = input
  const { tree, folder, dataKey } = await snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    await present(tx, located, key)
    const tree = await loadTree(ctx, tx, [located.folder.id])
    refuseTreeOutOfReach(tree, readerOf(ctx, projectId), { projectId, environment, path: secretPath })
    return { tree, folder: tree.folders.get(located.folder.id), dataKey: await projectKey(ctx, tx, projectId) }
  })
  if (!folder) throw new NotFound(`Folder with path "${secretPath}" not found in environment "${environment}"`)
  const spend = budget(ctx.limits)
  const open = valueOpener(dataKey, projectId)
  const graph = referenceGraph(tree, open, spend)
  const root = await treeFrom(graph, createExpander(tree, open, spend), graph.node(folder, key), spend)
  await auditEvent(ctx, actor, 'secret.read-tree', projectId, { environment, secretPath, key })
  return { tree: root, value: root.value }
}

/** Nobody reads a larger tree. */
const MAX_NODES = 1000

/**
 * A secret with those that it refers to, each once, and so on; a secret that is in a cycle has nothing below it the
 * second time.
 */
async function treeFrom(
  graph: ReferenceGraph,
  { expand }: Expander,
  start: Node,
  spend: Spend,
): Promise<schemas.ReferenceTree> {
  const shown = async ({ folder, key, text }: Node): Promise<schemas.ReferenceTree> => {
    const expanded = await expand(folder, key)
    const value = 'value' in expanded ? expanded.value : (text ?? '')
    spend(Buffer.byteLength(value))
    return { key, value, environment: folder.environment, secretPath: folder.path, children: [] }
  }
  const root = await shown(start)
  const left = [{ node: start, tree: root, above: [start] }]
  let count = 1
  for (let at = left.shift(); at; at = left.shift()) {
    const { node, tree, above } = at
    for (const reference of node.references) {
      const target = graph.targetOf(node, reference)
      if (!target) continue
      if (++count > MAX_NODES) return root
      const child = await shown(target)
      tree.children.push(child)
      if (!above.includes(target) && above.length <= MAX_REFERENCE_LEVELS)
        left.push({ node: target, tree: child, above: [...above, target] })
    }
  }
  return root
}

/**
 * Secrets in folders that the caller may know which mention something in `folderIds`: `only` that key, or any. Sorted
 * by place and key.
 */
async function referrers(
  ctx: Context,
  tx: Tx,
  projectId: string,
  folderIds: readonly string[],
  only: string | undefined,
): Promise<Referrer[]> {
  const key = await projectKey(ctx, tx, projectId)
  const tree = await loadTree(
    ctx,
    tx,
    await dependentsOf(tx, folderIds),
    'references',
    'sealed',
    namerOf(ctx, projectId),
  )
  const spend = budget(ctx.limits)
  const graph = referenceGraph(tree, (row) => openValue(key, projectId, row), spend)
  const wanted = new Set(folderIds)
  const found: Referrer[] = []
  const slice = timeSlice()
  for (const folder of tree.folders.values()) {
    for (const row of folder.secrets.values()) {
      if (slice.isOver()) await slice.rest()
      if (!hasReference(openValue(key, projectId, row) ?? '')) continue
      const from = graph.node(folder, row.key)
      const reference = from.references.find((each) => {
        const link = graph.linkOf(from, each)
        return 'source' in link && wanted.has(link.source.id) && (only === undefined || link.key === only)
      })
      if (!reference) continue
      const through = graph.linkOf(from, reference)
      const named = namedFolder(tree, folder, reference)
      spend(FRAME_BYTES)
      found.push({
        folder,
        row,
        through: 'source' in through && through.source === named ? 'direct' : 'imported',
        text: reference.text,
      })
    }
  }
  return found.sort((a, b) => (placed(a) < placed(b) ? -1 : 1))
}

/** Bytes of a referrer in an answer. */
const FRAME_BYTES = 500

const namedFolder = (tree: Tree, from: TreeFolder, reference: Reference): TreeFolder | undefined =>
  reference.kind === 'absolute' ? tree.at(from.projectId, reference.environment, reference.path) : from

const placed = ({ folder, row }: Referrer): string => `${folder.environment} ${folder.path} ${row.key}`

const COLUMNS = ['syncs.id', 'syncs.name', 'syncs.destination', 'syncs.folderId', 'syncs.reached'] as const

type ReadingSync = Awaited<ReturnType<typeof syncsReading>>[number]

const syncsAt = (tx: Tx, folderIds: readonly string[]) =>
  tx
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where((eb) => inList(tx, eb.ref('syncs.folderId'), folderIds))
    .select([...COLUMNS, 'environments.slug as environment', 'folders.path'])
    .orderBy('syncs.name')

/** With the number of keys that each has written. */
async function syncsReading(tx: Tx, folderIds: readonly string[], inside: ReadonlySet<string>) {
  const rows = await syncsAt(tx, folderIds)
    .select((eb) =>
      eb
        .selectFrom('ledger')
        .whereRef('ledger.syncId', '=', 'syncs.id')
        .select((ledger) => ledger.fn.countAll<number | string>().as('keys'))
        .as('written'),
    )
    .execute()
  return rows.map((sync) => ({
    ...sync,
    direct: sync.folderId !== null && inside.has(sync.folderId),
    written: Number(sync.written),
  }))
}

async function importersOf(tx: Tx, folderIds: readonly string[], gone: ReadonlySet<string>): Promise<Uses['imports']> {
  const rows = await tx
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.sourceFolderId', 'in', folderIds)
    .select(['folders.id', 'environments.slug as environment', 'folders.path as secretPath'])
    .distinct()
    .orderBy('environment')
    .orderBy('secretPath')
    .execute()
  return rows.filter(({ id }) => !gone.has(id)).map(({ environment, secretPath }) => ({ environment, secretPath }))
}

async function present(tx: Tx, { folder, environment }: Located, name: string): Promise<void> {
  const row = await tx
    .selectFrom('secrets')
    .where('folderId', '=', folder.id)
    .where('key', '=', name)
    .select('id')
    .executeTakeFirst()
  if (!row) throw new NotFound(`Secret with name "${name}" not found in ${environment.slug}:${folder.path}`)
}
