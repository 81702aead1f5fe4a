/** "Who uses this?": asked before something is deleted, moved or renamed. */
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { auditReading } from '../audit.ts'
import type { Actor, Context, Tx } from '../context.ts'
import { NotFound } from '../errors.ts'
import { expander, type Expander } from './expand.ts'
import { findFolder, foldersBelow, type Located } from './folders.ts'
import { projectKey } from './project-key.ts'
import { readersOf } from './readers.ts'
import { parseValue, type Reference } from './references.ts'
import { loadTree, snapshot, valueOpener, type SecretRow, type Tree, type TreeFolder } from './tree.ts'

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

/** Syncs, imports and references that would notice if the folder with everything in it, or with `secretName` that secret, were gone. Throws `NotFound`. */
export function listUses(ctx: Context, _actor: Actor, input: z.output<typeof schemas.usesQuery>): Promise<Uses> {
  return snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    const { secretName } = input
    const inside =
      secretName === undefined ? [located.folder.id, ...(await foldersBelow(tx, located))] : [located.folder.id]
    const gone = new Set(inside)
    const found = await referrers(ctx, tx, input.projectId, inside, secretName)
    const outside = secretName === undefined ? found.filter(({ folder }) => !gone.has(folder.id)) : found
    const readers = await readersOf(tx, inside)
    return {
      syncs: await syncsReading(tx, readers, gone),
      imports: await importersOf(tx, inside, gone),
      references: outside.map(({ folder, row, text }) => ({
        secretKey: row.key,
        environment: folder.environment,
        secretPath: folder.path,
        to: text,
      })),
    }
  })
}

/** The secrets whose values mention this one. Throws `NotFound`. */
export function listReferences(
  ctx: Context,
  _actor: Actor,
  input: Query,
): Promise<z.output<typeof schemas.secretReferences>> {
  return snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    await present(tx, located, input.secretName)
    const found = await referrers(ctx, tx, input.projectId, [located.folder.id], input.secretName)
    const references = found.map(({ folder, row, through }) => ({
      secretKey: row.key,
      secretId: row.id,
      environment: folder.environment,
      secretPath: folder.path,
      referenceType: through,
    }))
    return { references, totalCount: references.length }
  })
}

/** What a value is made of: the secret, the secrets it mentions, and so on, each with its resolved value. Throws `NotFound`. */
export async function readReferenceTree(
  ctx: Context,
  actor: Actor,
  input: Query,
): Promise<z.output<typeof schemas.secretReferenceTree>> {
  const { projectId, environment, secretPath, secretName } = input
  const { tree, folder, key } = await snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    await present(tx, located, secretName)
    const tree = await loadTree(tx, [located.folder.id])
    return { tree, folder: tree.folders.get(located.folder.id), key: await projectKey(ctx, tx, projectId) }
  })
  if (!folder) throw new NotFound(`Folder with path "${secretPath}" not found in environment "${environment}"`)
  const open = valueOpener(key, projectId)
  const root = nodeOf(
    { tree, open, expanding: expander(tree, open), left: { nodes: MAX_NODES } },
    folder,
    secretName,
    new Set(),
  )
  await auditReading(ctx, actor, 'secret.read-tree', projectId, { environment, secretPath, key: secretName })
  return { tree: root, value: root.value }
}

/** A value may mention another one a thousand times over; nobody reads such a tree. */
const MAX_NODES = 1000

interface Walk {
  tree: Tree
  open: (row: SecretRow) => string | null
  expanding: Expander
  left: { nodes: number }
}

function nodeOf(walk: Walk, folder: TreeFolder, key: string, above: ReadonlySet<string>): schemas.ReferenceTree {
  const { tree, open, expanding, left } = walk
  const id = `${folder.id} ${key}`
  const row = folder.secrets.get(key)
  const value = row && open(row)
  const expanded = row ? expanding.expand(folder, key) : { problem: '' }
  const within = new Set([...above, id])
  const children = above.has(id)
    ? []
    : referencesOf(value ?? '').flatMap((reference) => {
        const found = sourceOf(tree, expanding, folder, reference)
        if (!found || left.nodes-- <= 0) return []
        return [nodeOf(walk, found.source, found.key, within)]
      })
  return {
    key,
    value: 'value' in expanded ? expanded.value : (value ?? ''),
    environment: folder.environment,
    secretPath: folder.path,
    children,
  }
}

const referencesOf = (value: string): Reference[] => parseValue(value).filter((part) => typeof part !== 'string')

function sourceOf(tree: Tree, expanding: Expander, from: TreeFolder, reference: Reference) {
  if (reference.kind === 'unsupported') return null
  const named = reference.kind === 'local' ? from : tree.at(from.projectId, reference.environment, reference.path)
  if (!named) return null
  const source = named.secrets.has(reference.key) ? named : expanding.visible(named).keys.get(reference.key)
  return source ? { named, source, key: reference.key } : null
}

/** Secrets that mention something in `folderIds`: `only` that key, or any. Sorted by place and key. */
async function referrers(
  ctx: Context,
  tx: Tx,
  projectId: string,
  folderIds: readonly string[],
  only: string | undefined,
): Promise<Referrer[]> {
  const key = await projectKey(ctx, tx, projectId)
  const tree = await loadTree(tx, await readersOf(tx, folderIds))
  const open = valueOpener(key, projectId)
  const expanding = expander(tree, open)
  const wanted = new Set(folderIds)
  const found: Referrer[] = []
  for (const folder of tree.folders.values()) {
    for (const row of folder.secrets.values()) {
      for (const reference of referencesOf(open(row) ?? '')) {
        const at = sourceOf(tree, expanding, folder, reference)
        if (!at || !wanted.has(at.source.id) || (only !== undefined && at.key !== only)) continue
        found.push({ folder, row, through: at.named === at.source ? 'direct' : 'imported', text: reference.text })
        break
      }
    }
  }
  return found.sort((a, b) => (placed(a) < placed(b) ? -1 : 1))
}

const placed = ({ folder, row }: Referrer): string => `${folder.environment} ${folder.path} ${row.key}`

async function syncsReading(tx: Tx, folderIds: readonly string[], inside: ReadonlySet<string>): Promise<Uses['syncs']> {
  const rows = await tx
    .selectFrom('syncs')
    .leftJoin('ledger', 'ledger.syncId', 'syncs.id')
    .where('syncs.folderId', 'in', folderIds)
    .groupBy(['syncs.id', 'syncs.name', 'syncs.destination', 'syncs.folderId'])
    .select(['syncs.id', 'syncs.name', 'syncs.destination', 'syncs.folderId'])
    .select((eb) => eb.fn.count<number | string>('ledger.key').as('written'))
    .orderBy('syncs.name')
    .execute()
  return rows.map(({ folderId, written, ...sync }) => ({
    ...sync,
    direct: folderId !== null && inside.has(folderId),
    written: Number(written),
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
    .where('key', '=', name.replaceAll('\0', '\n'))
    .select('id')
    .executeTakeFirst()
  if (!row) throw new NotFound(`Secret with name "${name}" not found in ${environment.slug}:${folder.path}`)
}
