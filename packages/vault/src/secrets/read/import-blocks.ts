/**
 * The imports of listed folders as blocks, one for each import, such that every client that merges them gets the same
 * values.
 */
import type { Reads } from '../../references/out-of-reach.ts'
import { visible, type Visible } from '../../references/reference-graph.ts'
import type { SecretRow, Tree, TreeFolder } from '../../tree/tree.ts'

export interface ImportBlock {
  /** The imported folder. */
  source: TreeFolder
  /** What comes through it, its own secrets first, then those of the folders that it imports. */
  secrets: readonly { folder: TreeFolder; row: SecretRow }[]
}

/**
 * In ascending priority, imports of imports folded into the block that brings them in. A key is in one block at most,
 * the one that wins, and in none when the folder that imports it, or the first of `listed`, has it itself: clients that
 * take the first block, the last one or let later ones overwrite all end with the same value. Of several listed folders
 * the first that imports a key gives it. To a reader with limits, each folder shows what is `visible` to them.
 */
export function importBlocks(
  tree: Tree,
  listed: readonly TreeFolder[],
  knows: Reads,
): { blocks: readonly ImportBlock[]; tooDeep: readonly TreeFolder[] } {
  const taken = new Set(listed[0]?.secrets.keys())
  const blocks: ImportBlock[] = []
  const tooDeep = new Set<TreeFolder>()
  for (const folder of listed) {
    const shown = visible(tree, folder, knows)
    for (const source of shown.tooDeep) tooDeep.add(source)
    blocks.push(...blocksOf(folder, shown, taken))
  }
  return { blocks, tooDeep: [...tooDeep] }
}

function blocksOf(folder: TreeFolder, { order, keys, importedBy }: Visible, taken: Set<string>): ImportBlock[] {
  const blocks = new Map<TreeFolder, { folder: TreeFolder; row: SecretRow }[]>()
  const blockOf = new Map<TreeFolder, TreeFolder>()
  for (const source of order.slice(1)) {
    const by = importedBy.get(source)
    const top = (by && blockOf.get(by)) ?? source
    blockOf.set(source, top)
    const secrets = blocks.get(top) ?? []
    blocks.set(top, secrets)
    for (const row of [...source.secrets.values()].sort(byKey)) {
      if (keys.get(row.key) !== source || folder.secrets.has(row.key) || taken.has(row.key)) continue
      taken.add(row.key)
      secrets.push({ folder: source, row })
    }
  }
  return [...blocks].map(([source, secrets]) => ({ source, secrets })).reverse()
}

/** The order in which secrets are listed. */
export const byKey = (a: SecretRow, b: SecretRow): number => (a.key < b.key ? -1 : 1)
