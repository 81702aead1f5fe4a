/** Imports and references worked out in memory. Pure: the tree is loaded before, values are opened through `open`. */
import { MAX_VALUE_BYTES } from '@keyferry/schemas'
import { hasReference, parseValue, type Reference } from './references.ts'
import type { SecretRow, Tree, TreeFolder } from './tree.ts'

export const MAX_IMPORT_LEVELS = 10
export const MAX_REFERENCE_LEVELS = 10

/** A value ready to leave, or why it is not: the predicate of a sentence about the key, such as `cannot be decrypted`. */
export type Expanded = { value: string } | { problem: string }

export interface Visible {
  /** Key -> the folder it is written in. */
  keys: ReadonlyMap<string, TreeFolder>
  /** Folders in the order their keys win, the folder itself first. */
  order: readonly TreeFolder[]
  /** Imports beyond the level limit: what they hold is unknown, so the folder is not complete. */
  tooDeep: readonly TreeFolder[]
}

export interface Expander {
  /** What a folder shows: its own keys, then those of its imports, the later import first, each followed by its own imports. */
  visible(folder: TreeFolder): Visible
  /** The value written at `key` in `folder` with every reference resolved. */
  expand(folder: TreeFolder, key: string): Expanded
}

interface Node {
  folder: TreeFolder
  key: string
  /** The value cut at its references. */
  parts: readonly Part[]
  /** How many parts have been looked at. */
  next: number
  open: boolean
  cycle: string | null
  result: Settled | null
}

type Part = string | Link | { problem: string }
interface Link {
  text: string
  source: TreeFolder
  key: string
}
type Settled =
  | { value: string; levels: number }
  /** `problem` is all there is to say of the node; `cause` is where the first failure came from, `own` what failed there. */
  | { problem: string; cause: Node; own: string }

export function expander(tree: Tree, open: (row: SecretRow) => string | null): Expander {
  const shown = new Map<TreeFolder, Visible>()
  const nodes = new Map<string, Node>()

  function visible(folder: TreeFolder): Visible {
    const known = shown.get(folder)
    if (known) return known
    const { order, tooDeep } = importOrder(tree, folder)
    const keys = new Map<string, TreeFolder>()
    for (const source of order) for (const key of source.secrets.keys()) if (!keys.has(key)) keys.set(key, source)
    const found = { keys, order, tooDeep }
    shown.set(folder, found)
    return found
  }

  function nodeAt(folder: TreeFolder, key: string): Node {
    const id = `${folder.id} ${key}`
    const known = nodes.get(id)
    if (known) return known
    const made: Node = { folder, key, parts: [], next: 0, open: false, cycle: null, result: null }
    nodes.set(id, made)
    const row = folder.secrets.get(key)
    const value = row === undefined ? null : open(row)
    if (value === null) made.result = failed(made, 'cannot be decrypted')
    else made.parts = parseValue(value).map((part) => (typeof part === 'string' ? part : link(folder, part)))
    return made
  }

  function link(from: TreeFolder, reference: Reference): Part {
    if (reference.kind === 'unsupported') return { problem: reference.problem }
    const { text, key } = reference
    const missing = { problem: `references ${text}, which does not exist` }
    const folder = reference.kind === 'local' ? from : tree.at(from.projectId, reference.environment, reference.path)
    if (!folder) return missing
    if (folder.secrets.has(key)) return { text, source: folder, key }
    const { keys, tooDeep } = visible(folder)
    // A key beyond the limit might come before the one that is found.
    if (tooDeep.length > 0)
      return { problem: `references ${text}, whose folder has imports nested deeper than ${MAX_IMPORT_LEVELS} levels` }
    const source = keys.get(key)
    return source ? { text, source, key } : missing
  }

  const targetOf = (at: Link): Node => nodeAt(at.source, at.key)

  /** Depth first, every node once, with a stack of its own: a chain may be thousands long. */
  function settle(start: Node): Settled {
    const stack = [start]
    start.open = true
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const part = node.result ? undefined : node.parts[node.next++]
      if (part === undefined) {
        node.result ??= finish(node, targetOf)
        node.open = false
        stack.pop()
      } else if (typeof part !== 'string' && 'source' in part) {
        const target = targetOf(part)
        if (target.open) markCycle(stack.slice(stack.indexOf(target)))
        else if (!target.result) {
          target.open = true
          stack.push(target)
        }
      }
    }
    return start.result ?? finish(start, targetOf)
  }

  return {
    visible,
    expand(folder, key) {
      // Most values refer to nothing, and need no node.
      const row = folder.secrets.get(key)
      const text = row === undefined ? null : open(row)
      if (text !== null && !text.includes('${')) return { value: text }
      const node = nodeAt(folder, key)
      const result = node.result ?? settle(node)
      return 'problem' in result ? { problem: result.problem } : { value: result.value }
    },
  }
}

/** The folder and all it imports, highest priority first, each once. */
function importOrder(tree: Tree, start: TreeFolder): { order: TreeFolder[]; tooDeep: TreeFolder[] } {
  const order = new Set<TreeFolder>()
  const tooDeep: TreeFolder[] = []
  const visit = (folder: TreeFolder, level: number): void => {
    if (order.has(folder)) return
    if (level > MAX_IMPORT_LEVELS) {
      tooDeep.push(folder)
      return
    }
    order.add(folder)
    for (const id of folder.imports) {
      const source = tree.folders.get(id)
      if (source) visit(source, level + 1)
    }
  }
  visit(start, 0)
  return { order: [...order], tooDeep }
}

function markCycle(cycle: readonly Node[]): void {
  for (const [index, member] of cycle.entries()) {
    const chain = [...cycle.slice(index), ...cycle.slice(0, index), member]
    member.cycle ??= chain.map((other) => nameOf(other, member.folder)).join(' → ')
  }
}

/** Puts a value together once everything it refers to is settled. */
function finish(node: Node, targetOf: (link: Link) => Node): Settled {
  if (node.cycle) return failed(node, `is in a reference cycle: ${node.cycle}`)
  const own = new Set<string>()
  const inherited = new Map<string, Extract<Settled, { problem: string }>>()
  const texts: string[] = []
  let levels = 0
  let bytes = 0
  for (const part of node.parts) {
    if (typeof part === 'string') {
      texts.push(part)
      bytes += Buffer.byteLength(part)
    } else if ('problem' in part) {
      own.add(part.problem)
    } else {
      const target = targetOf(part)
      // An unsettled target is on the stack, which makes this node part of a cycle; it is settled in every other case.
      const result = target.result ?? failed(target, 'is in a reference cycle')
      if ('problem' in result) inherited.set(describeInherited(part, target, result), result)
      else {
        levels = Math.max(levels, result.levels + 1)
        texts.push(result.value)
        bytes += Buffer.byteLength(result.value)
      }
    }
    // Ten levels of doubling would fill the memory.
    if (bytes > MAX_VALUE_BYTES)
      return failed(node, `is longer than ${MAX_VALUE_BYTES} bytes with its references resolved`)
  }
  if (own.size > 0 || inherited.size > 0) {
    const problem = [...own, ...inherited.keys()].join('; ')
    const [first] = inherited.values()
    return own.size > 0 || !first ? { problem, cause: node, own: [...own].join('; ') } : { ...first, problem }
  }
  const value = texts.join('')
  if (levels === 0) return { value, levels }
  if (levels > MAX_REFERENCE_LEVELS)
    return failed(node, `has references nested deeper than ${MAX_REFERENCE_LEVELS} levels`)
  // Nothing records what such a reference reads, so a change of it would go unnoticed.
  if (hasReference(value)) return failed(node, 'puts a reference together from other values, which is not supported')
  return { value, levels }
}

const failed = (node: Node, problem: string) => ({ problem, cause: node, own: problem })

/** Tells only the root of a chain of failures, else the sentences would grow with the chain. */
function describeInherited({ text }: Link, target: Node, { cause, own }: { cause: Node; own: string }): string {
  return cause === target
    ? `references ${text}, which ${own}`
    : `references ${text}, which needs ${nameOf(cause, target.folder)}, which ${own}`
}

/** `KEY` for a reader in the same folder, else `env.folder.KEY`, as it would be referenced. */
function nameOf(node: Node, seenFrom: TreeFolder): string {
  if (node.folder === seenFrom) return node.key
  return [node.folder.environment, ...node.folder.path.split('/').filter(Boolean), node.key].join('.')
}
