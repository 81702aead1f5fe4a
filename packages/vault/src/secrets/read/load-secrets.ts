/** What a read of secrets needs of the store. */
import type { Db } from '@keyferry/db'
import { sharedReads, snapshot, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { projectKey } from '../../keys/project-key.ts'
import { namerOf, readerOf, refuseTreeOutOfReach } from '../../references/out-of-reach.ts'
import { findFolder, foldersBelow, type FoundFolder } from '../../tree/find-folder.ts'
import { shownTags, type ShownTag } from '../../tree/tags.ts'
import { loadTree, type Tree } from '../../tree/tree.ts'

/** A read as far as it decides what is loaded. */
export type Wanted = Pick<
  z.output<typeof schemas.listSecrets>,
  'projectId' | 'environment' | 'secretPath' | 'showValues' | 'expandReferences' | 'includeImports'
>

export interface Loaded {
  /** Ids of the folder and, with `recursive`, those below it. */
  roots: readonly string[]
  tree: Tree
  key: DataKey
  tags: ReadonlyMap<string, ShownTag[]>
}

const readsOf = sharedReadsOf<Loaded>()

/**
 * Loads a folder, with `recursive` all folders below it too, and what its secrets are made of. Those with every
 * name in the project get the same object when they ask for the same at the same time. Throws `NotFound`, and
 * `Forbidden` where what it imports or refers to is out of reach.
 */
export async function loadSecrets(
  ctx: Context,
  wanted: Wanted,
  { recursive }: { recursive: boolean },
): Promise<Loaded> {
  const names = namerOf(ctx, wanted.projectId)
  const read = () =>
    snapshot(ctx, async (tx) => {
      const located = await findFolder(tx, wanted)
      const below = recursive ? await foldersBelow(tx, located) : []
      return loadAround(ctx, tx, wanted, [located, ...below])
    })
  const loaded = names ? await read() : await readsOf(ctx.db)(nameOf(ctx, wanted, recursive), read)
  refuseOutOfReach(ctx, wanted, loaded.tree)
  return loaded
}

/** The same for folders that were found in `tx`. The caller refuses what is out of reach (`refuseOutOfReach`). */
export async function loadAround(
  ctx: Context,
  tx: Tx,
  { projectId, showValues, expandReferences, includeImports }: Wanted,
  roots: readonly (string | FoundFolder)[],
): Promise<Loaded> {
  const tree = await loadTree(
    ctx,
    tx,
    roots,
    showValues && expandReferences ? 'references' : includeImports ? 'imports' : 'alone',
    showValues ? 'sealed' : 'none',
    namerOf(ctx, projectId),
  )
  return {
    roots: roots.map((root) => (typeof root === 'string' ? root : root.folder.id)),
    tree,
    key: tree.keys.get(projectId) ?? (await projectKey(ctx, tx, projectId)),
    tags: await shownTags(tx, projectId, { folderIds: [...tree.folders.keys()] }),
  }
}

/** Throws `Forbidden` where values are filled in from folders out of reach. */
export function refuseOutOfReach(ctx: Context, wanted: Wanted, tree: Tree): void {
  const { projectId, environment, secretPath: path, showValues, expandReferences } = wanted
  if (showValues && expandReferences)
    refuseTreeOutOfReach(tree, readerOf(ctx, projectId), { projectId, environment, path })
}

/** The reads of a store that are shared. */
export function sharedReadsOf<T>(): (db: Db) => ReturnType<typeof sharedReads<T>> {
  const all = new WeakMap<Db, ReturnType<typeof sharedReads<T>>>()
  return (db) => {
    const reads = all.get(db) ?? sharedReads<T>()
    all.set(db, reads)
    return reads
  }
}

/** The same read has the same name. */
export const nameOf = ({ smallReadsOnly }: Context, wanted: Wanted, recursive: boolean): string => {
  const { projectId, environment, secretPath, showValues, expandReferences, includeImports } = wanted
  const what = [showValues, expandReferences, includeImports, recursive, smallReadsOnly]
  return JSON.stringify([projectId, environment, secretPath, ...what])
}
