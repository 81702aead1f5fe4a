import { batchLoader, timeSlice } from '@keyferry/db'
import {
  budget,
  DecryptionError,
  IntegrityBroken,
  NotFound,
  snapshot,
  TooLarge,
  Unresolvable,
  type Context,
  type SecretProblem,
} from '@keyferry/kernel'
import {
  loadTree,
  metadataOrNull,
  treeOf,
  valueOpener,
  type LoadedTree,
  type Metadata,
  type SecretRow,
  type Tree,
  type TreeFolder,
} from '../tree/tree.ts'
import { createExpander, type Expander } from './expand.ts'
import type { MadeOf } from './made-of.ts'
import { refuseTreeOutOfReach, type Reads } from './out-of-reach.ts'
import { MAX_IMPORT_LEVELS, visible } from './reference-graph.ts'

export interface Resolved {
  value: string
  /** Where it is written: the folder itself, or the imported one. */
  origin: { environment: string; secretPath: string }
  /** The version of the folder's own secret; null when it comes through an import. */
  version: number | null
  /** The versions that went into it; null when they are more than can be kept with it. */
  madeOf: MadeOf | null
  /** Empty unless it was requested. */
  metadata: Metadata
}

interface Choice {
  /** Keys that are left out. */
  excluded?: ReadonlySet<string>
  /** Whether metadata is decrypted, too. */
  metadata?: boolean
}

/**
 * The complete map of a folder: its own secrets and those it imports, every reference resolved. A key hidden by another
 * of the same name is not checked, nor is one of `excluded`.
 *
 * All or nothing. Throws `Unresolvable` naming keys that have no value, and `TooLarge` for more than one request may
 * resolve. Throws `NotFound` when the folder is gone, and `Forbidden` when `reads` lacks a folder that it is made of.
 */
export async function resolveFolder(
  ctx: Context,
  folderId: string,
  reads: Reads = null,
  { excluded = new Set(), metadata = false }: Choice = {},
): Promise<ReadonlyMap<string, Resolved>> {
  const wanted = { ctx, folderId }
  // What has room for small reads only reads alone: what others want does not count for it.
  const shared = (ctx.smallReadsOnly ? null : await loadTogether(ctx.db, wanted)) ?? (await load([wanted]))
  const tree = treeOf(shared, folderId)
  const folder = tree.folders.get(folderId)
  const key = folder && tree.keys.get(folder.projectId)
  if (!folder || !key) throw new NotFound(`Folder with ID ${folderId} not found`)
  refuseTreeOutOfReach(tree, reads, folder)
  const { projectId } = folder
  const expander = createExpander(tree, valueOpener(key, projectId), budget(ctx.limits))
  const metadataOf = (row: SecretRow): Metadata | null => (metadata ? metadataOrNull(key, projectId, row) : [])
  return resolveVisible(tree, expander, folder, { excluded, metadataOf })
}

interface Wanted {
  ctx: Context
  folderId: string
}

/**
 * Runs that begin together read their folders together. Null where each has to read its own: what is too much at once,
 * or was changed outside, may be a single folder, and the others are not to suffer. Every context of a store has the
 * same keys.
 */
const loadTogether = batchLoader(async (_db: Context['db'], wanted: readonly Wanted[]) => {
  const tree = await load(wanted).catch((error: unknown) => {
    if (wanted.length > 1 && isOfOne(error)) return null
    throw error
  })
  return () => tree
})

const isOfOne = (error: unknown): boolean =>
  error instanceof TooLarge || error instanceof IntegrityBroken || error instanceof DecryptionError

function load(wanted: readonly Wanted[]): Promise<LoadedTree> {
  const [first] = wanted
  if (!first) throw new Error('nothing is wanted')
  const folderIds = wanted.map(({ folderId }) => folderId)
  return snapshot(first.ctx, (tx) => loadTree(first.ctx, tx, folderIds))
}

/** Everything `folder` shows, expanded. Throws `Unresolvable`. */
async function resolveVisible(
  tree: Tree,
  expanding: Expander,
  folder: TreeFolder,
  { excluded, metadataOf }: { excluded: ReadonlySet<string>; metadataOf: (row: SecretRow) => Metadata | null },
): Promise<Map<string, Resolved>> {
  const { keys, tooDeep } = visible(tree, folder)
  const problems: SecretProblem[] = tooDeep.map(tooDeepProblem)
  const resolved = new Map<string, Resolved>()
  const slice = timeSlice()
  for (const [key, source] of keys) {
    if (slice.isOver()) await slice.rest()
    if (excluded.has(key)) continue
    const expanded = await expanding.expand(source, key)
    const row = source.secrets.get(key)
    const metadata = row ? metadataOf(row) : []
    if ('problem' in expanded) {
      const imported = source === folder ? '' : `, imported from ${source.environment}:${source.path}`
      problems.push({ key, reason: `${expanded.problem}${imported}`, code: expanded.code })
    } else if (metadata === null) {
      problems.push({ key, reason: 'its metadata cannot be decrypted; write a new one', code: 'undecryptable' })
    } else {
      resolved.set(key, {
        value: expanded.value,
        origin: { environment: source.environment, secretPath: source.path },
        version: source === folder ? (row?.version ?? null) : null,
        madeOf: expanding.madeOf(source, key),
        metadata,
      })
    }
  }
  if (problems.length > 0) throw new Unresolvable(problems)
  return resolved
}

/** The problem of a folder that is imported through too many others. */
export const tooDeepProblem = (folder: TreeFolder): SecretProblem => ({
  key: `the import of ${folder.environment}:${folder.path}`,
  reason: `imports are nested deeper than ${MAX_IMPORT_LEVELS} levels`,
  code: 'nested-too-deep',
})
