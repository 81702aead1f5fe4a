/**
 * What values would bring about, found before they are written: which of them can't be written, and what the others
 * come out as.
 */
import { timeSlice } from '@keyferry/db'
import { budget, hasReference, TooLarge, type Context, type Tx } from '@keyferry/kernel'
import type { Target } from '../secrets/write/folder-for-writing.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { loadTree, openValue, valueOpener, type SecretRow, type Tree, type TreeFolder } from '../tree/tree.ts'
import { faultInWords, faultsOf } from './check-references.ts'
import { createExpander, type Expanded } from './expand.ts'
import { outOfReach, readerOf } from './out-of-reach.ts'
import { visible } from './reference-graph.ts'
import { referencedFolders } from './referenced-folders.ts'
import { unstoredRow } from './unstored-row.ts'

export interface Checked {
  /** Why values can't be written, by key. */
  refused: ReadonlyMap<string, string>
  /** The others with their references resolved, by key. */
  expanded: ReadonlyMap<string, Expanded>
  /** Ids of the folders that show what is written here: this one, and those that import it. */
  shownIn: readonly string[]
}

/** Each round finds what the refusals of the one before brought back. */
const MAX_ROUNDS = 5

/**
 * Checks `values`, by key, as if they were written to the folder. Refused is what closes a cycle of references, goes
 * deeper than they may be nested, or is made of something that the caller may not read; the others are judged without
 * it.
 */
export async function checkProposed(
  ctx: Pick<Context, 'limits' | 'caller' | 'keyring' | 'authority'>,
  tx: Tx,
  { folder, key, projectId }: Target,
  values: ReadonlyMap<string, string>,
): Promise<Checked> {
  const referring = [...values].filter(([, value]) => hasReference(value)).map(([name]) => name)
  const readers = await dependentsOf(tx, [folder.id])
  const referenced = await referencedFolders(tx, projectId, [...values.values()])
  const tree = await loadTree(ctx, tx, [...new Set([...readers, ...referenced])])
  const at = tree.folders.get(folder.id)
  if (!at) return { refused: new Map(), expanded: new Map(), shownIn: [] }
  const present = new Map(at.secrets)
  const proposed = new Map<SecretRow, string>()
  for (const [name, value] of values) {
    // Its value is known to `open`.
    const row = unstoredRow(folder.id, name)
    proposed.set(row, value)
    at.secrets.set(name, row)
  }
  const stored = valueOpener(key, projectId)
  const open = (row: SecretRow): string | null => proposed.get(row) ?? stored(row)
  const openOnce = (row: SecretRow): string | null => proposed.get(row) ?? openValue(key, projectId, row)
  const refused = new Map<string, string>()
  const refuse = (name: string, reason: string): void => {
    refused.set(name, reason)
    const row = present.get(name)
    if (row) at.secrets.set(name, row)
    else at.secrets.delete(name)
  }
  const reads = readerOf(ctx, projectId)
  for (let round = 1, left = referring; left.length > 0; round++) {
    const faults = new Map<string, string>()
    const beyond = reads && outOfReach(tree, open, reads)
    if (beyond) for (const name of left) if (await beyond(at, name)) faults.set(name, OUT_OF_REACH)
    // What is wrong with a value may name what it is made of.
    if (faults.size === 0)
      for (const [name, fault] of await faultsOf(ctx.limits, tree, { open, openOnce }, at, left))
        faults.set(name, faultInWords(fault, reads === null))
    if (faults.size === 0) break
    if (round === MAX_ROUNDS) for (const name of left) if (!faults.has(name)) faults.set(name, ENTANGLED)
    for (const [name, reason] of faults) refuse(name, reason)
    left = left.filter((name) => !refused.has(name))
  }
  const kept = [...values.keys()].filter((name) => !refused.has(name))
  return { refused, expanded: await expandedAll(ctx, tree, open, at, kept), shownIn: showing(tree, at) }
}

const OUT_OF_REACH = 'refers to a folder that you can’t read'
const ENTANGLED = 'refers to secrets that other lines of the file are refused for; import it again without those'
const UNRESOLVED = {
  problem: 'was not resolved: the references of this folder are more than one request may resolve',
  code: 'unchecked',
} as const

async function expandedAll(
  ctx: Pick<Context, 'limits'>,
  tree: Tree,
  open: (row: SecretRow) => string | null,
  at: TreeFolder,
  names: readonly string[],
): Promise<Map<string, Expanded>> {
  const { expand } = createExpander(tree, open, budget(ctx.limits))
  const expanded = new Map<string, Expanded>()
  const slice = timeSlice()
  let spent = false
  for (const name of names) {
    if (slice.isOver()) await slice.rest()
    try {
      expanded.set(name, spent ? UNRESOLVED : await expand(at, name))
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      spent = true
      expanded.set(name, UNRESOLVED)
    }
  }
  return expanded
}

const showing = (tree: Tree, at: TreeFolder): string[] =>
  [...tree.folders.values()].filter((folder) => visible(tree, folder).order.includes(at)).map(({ id }) => id)
