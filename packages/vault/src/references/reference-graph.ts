/**
 * Which secret refers to which, through imports too. Pure: the tree is loaded before, values are opened through `open`.
 * Everything is walked with stacks of its own, each secret once and each reference once, a slice of time at a time, and
 * costs budget: what a value says is input.
 */
import { referencesIn, type Reference, type Spend } from '@keyferry/kernel'
import type { SecretProblemCode } from '@keyferry/schemas'
import { namesOf } from '@keyferry/schemas/secret-path'
import type { SecretRow, Tree, TreeFolder } from '../tree/tree.ts'
import type { Reads } from './out-of-reach.ts'
import { cycleFinder, NOT_WALKED, type WalkedNode } from './reference-cycles.ts'

export const MAX_IMPORT_LEVELS = 10
export const MAX_REFERENCE_LEVELS = 10

export interface Visible {
  /** Key -> the folder it is written in. */
  keys: ReadonlyMap<string, TreeFolder>
  /** Folders in the order their keys win, the folder itself first. */
  order: readonly TreeFolder[]
  /** Imported folder -> the folder whose import brings it in. */
  importedBy: ReadonlyMap<TreeFolder, TreeFolder>
  /** Imports beyond the level limit: what they hold is unknown, so the folder is not complete. */
  tooDeep: readonly TreeFolder[]
}

/** A secret. */
export interface Node {
  folder: TreeFolder
  key: string
  /** Null when it can't be decrypted. */
  text: string | null
  /** What the text refers to, each once. */
  references: readonly Reference[]
  /** How deep references are nested below it, whether or not they resolve; a cycle ends the count. */
  levels: number
  /** The secrets that it is in a cycle with, itself included; null when it is in none, or not settled yet. */
  cycle: readonly Node[] | null
  settled: boolean
}

/** What a reference leads to: a secret, or why to none, as the predicate of a sentence. */
type Link = { source: TreeFolder; key: string } | { problem: string; code: SecretProblemCode }

export interface ReferenceGraph {
  /** Where a key that `folder` shows is written. */
  sourceOf(folder: TreeFolder, key: string): TreeFolder | undefined
  node(folder: TreeFolder, key: string): Node
  /** The secret that a reference of `node` leads to. */
  targetOf(node: Node, reference: Reference): Node | null
  linkOf(node: Node, reference: Reference): Link
  /**
   * Walks everything that `start` needs; `each` gets every secret, or every cycle of them, after all that it refers to.
   */
  settle(start: Node, each?: (members: readonly Node[]) => void): Promise<void>
}

/** What a reference takes of the budget, for the memory that it needs. */
const LINK_BYTES = 100

/** `open`: null for a value that can’t be decrypted. `spend` throws once the budget is used up. */
export function referenceGraph(tree: Tree, open: (row: SecretRow) => string | null, spend: Spend): ReferenceGraph {
  const orders = new Map<TreeFolder, Pick<Visible, 'order' | 'tooDeep'>>()
  const nodes = new Map<TreeFolder, Map<string, WalkedNode>>()
  const links = new Map<TreeFolder, Map<string, Link>>()
  /** By text: thousands of values may hold the same hundreds of references. */
  const parsed = new Map<string, Reference>()

  function orderOf(folder: TreeFolder): Pick<Visible, 'order' | 'tooDeep'> {
    const known = orders.get(folder)
    if (known) return known
    const found = importOrder(tree, folder)
    spend(found.order.length)
    orders.set(folder, found)
    return found
  }

  function sourceOf(folder: TreeFolder, key: string): TreeFolder | undefined {
    if (folder.secrets.has(key)) return folder
    const { order } = orderOf(folder)
    spend(order.length)
    return order.find((source) => source.secrets.has(key))
  }

  function node(folder: TreeFolder, key: string): WalkedNode {
    const inFolder = mapAt(nodes, folder)
    const known = inFolder.get(key)
    if (known) return known
    const row = folder.secrets.get(key)
    const text = row === undefined ? null : open(row)
    const made: WalkedNode = {
      folder,
      key,
      text,
      references: text === null ? [] : referencesIn(text).map(shared),
      ...NOT_WALKED,
    }
    if (made.references.length > 0) spend(text?.length ?? 0)
    inFolder.set(key, made)
    return made
  }

  function shared(reference: Reference): Reference {
    const known = parsed.get(reference.text) ?? reference
    parsed.set(known.text, known)
    return known
  }

  function linkOf({ folder: from }: Node, reference: Reference): Link {
    const inFolder = mapAt(links, from)
    const known = inFolder.get(reference.text)
    if (known) return known
    spend(LINK_BYTES)
    const found = find(from, reference)
    inFolder.set(reference.text, found)
    return found
  }

  function find(from: TreeFolder, reference: Reference): Link {
    if (reference.kind === 'unsupported') return { problem: reference.problem, code: 'reference-unsupported' }
    const { key } = reference
    const folder = reference.kind === 'local' ? from : tree.at(from.projectId, reference.environment, reference.path)
    if (folder?.secrets.has(key)) return { source: folder, key }
    // A key beyond the limit might come before the one that is found.
    if (folder && orderOf(folder).tooDeep.length > 0)
      return {
        problem: `whose folder has imports nested deeper than ${MAX_IMPORT_LEVELS} levels`,
        code: 'nested-too-deep',
      }
    const source = folder && sourceOf(folder, key)
    return source ? { source, key } : { problem: 'which does not exist', code: 'reference-missing' }
  }

  function targetOf(from: Node, reference: Reference): WalkedNode | null {
    const link = linkOf(from, reference)
    return 'source' in link ? node(link.source, link.key) : null
  }

  const settleFrom = cycleFinder(targetOf)
  const settle: ReferenceGraph['settle'] = (start, each = () => {}) => settleFrom(node(start.folder, start.key), each)

  return { sourceOf, node, targetOf, linkOf, settle }
}

/**
 * What a folder shows: its own keys, then those of its imports, the later import first, each followed by its own
 * imports. With `knows`, the order ends before the first folder that the reader can't know: what wins over that one
 * would tell which keys it does not have.
 */
export function visible(tree: Tree, folder: TreeFolder, knows: Reads = null): Visible {
  const { order, ...imported } = importOrder(tree, folder, knows)
  const keys = new Map<string, TreeFolder>()
  for (const source of order) for (const key of source.secrets.keys()) if (!keys.has(key)) keys.set(key, source)
  return { keys, order, ...imported }
}

/** The folder and all it imports, highest priority first, each once. */
function importOrder(tree: Tree, start: TreeFolder, knows: Reads = null): Omit<Visible, 'keys'> {
  const order = new Set<TreeFolder>()
  const importedBy = new Map<TreeFolder, TreeFolder>()
  const tooDeep = new Set<TreeFolder>()
  const stack: { folder: TreeFolder; level: number; by?: TreeFolder }[] = [{ folder: start, level: 0 }]
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { folder, level, by } = at
    if (order.has(folder)) continue
    if (knows && !knows(folder)) break
    if (level > MAX_IMPORT_LEVELS) {
      tooDeep.add(folder)
      continue
    }
    order.add(folder)
    if (by) importedBy.set(folder, by)
    for (const id of folder.imports.toReversed()) {
      const source = tree.folders.get(id)
      if (source && !order.has(source)) stack.push({ folder: source, level: level + 1, by: folder })
    }
  }
  return { order: [...order], importedBy, tooDeep: [...tooDeep].filter((folder) => !order.has(folder)) }
}

/** The inner map at `key`, made where there is none. */
export function mapAt<K, T>(maps: Map<K, Map<string, T>>, key: K): Map<string, T> {
  const known = maps.get(key)
  if (known) return known
  const made = new Map<string, T>()
  maps.set(key, made)
  return made
}

/** Names in a text about a cycle or a chain. */
const MAX_NAMES = 10

/**
 * The secrets that one passes from `start` on, following each time the first reference that `follow` lets pass, as they
 * would be referenced from `start`'s folder: at most ten, the last one `…` when there are more. A cycle ends with a
 * name that is there already.
 */
export function chainFrom(graph: ReferenceGraph, start: Node, follow: (from: Node, to: Node) => boolean): string[] {
  const passed: Node[] = []
  for (let at: Node | null = start; at; at = next(at)) {
    if (passed.includes(at)) return [...passed, at].map(name)
    if (passed.length === MAX_NAMES - 1) return [...passed.map(name), '…']
    passed.push(at)
  }
  return passed.map(name)

  function next(from: Node): Node | null {
    for (const reference of from.references) {
      const target = graph.targetOf(from, reference)
      if (target && follow(from, target)) return target
    }
    return null
  }

  function name(node: Node): string {
    return nameOf(node, start.folder)
  }
}

/** `KEY` for a reader in the same folder, else `env.folder.KEY`, as it would be referenced. */
export function nameOf({ folder, key }: Pick<Node, 'folder' | 'key'>, seenFrom: TreeFolder): string {
  if (folder === seenFrom) return key
  return [folder.environment, ...namesOf(folder.path), key].join('.')
}
