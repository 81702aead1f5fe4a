/**
 * Values with their references resolved, worked out in memory. Pure: the tree is loaded before, values are opened
 * through `open`.
 */
import { timeSlice } from '@keyferry/db'
import { MAX_NAME_BYTES, MAX_PROBLEM_BYTES, partsOf, shortened, type Reference, type Spend } from '@keyferry/kernel'
import { MAX_VALUE_BYTES, type SecretProblemCode } from '@keyferry/schemas'
import type { SecretRow, Tree, TreeFolder } from '../tree/tree.ts'
import { madeOf, madeOfOne, type MadeOf } from './made-of.ts'
import { chainFrom, MAX_REFERENCE_LEVELS, nameOf, referenceGraph, type Node } from './reference-graph.ts'

/**
 * A value ready to leave, or why it is not: the predicate of a sentence about the key, such as `cannot be decrypted`,
 * at most a kilobyte long.
 */
export type Expanded = { value: string } | Problem

export interface Expander {
  /** Where a key that `folder` shows is written. */
  sourceOf(folder: TreeFolder, key: string): TreeFolder | undefined
  /**
   * The value written at `key` in `folder` with every reference resolved. Throws `TooLarge` once the budget is spent.
   */
  expand(folder: TreeFolder, key: string): Promise<Expanded>
  /** The versions that a value which resolves is made of; null when they are more than can be kept with it. */
  madeOf(folder: TreeFolder, key: string): MadeOf | null
  /** Why the value can't be resolved, or null. The value itself is forgotten, and costs no budget. */
  problemOf(folder: TreeFolder, key: string): Promise<string | null>
}

interface Problem {
  problem: string
  code: SecretProblemCode
}

type Settled =
  | { value: string; bytes: number }
  /**
   * `problem` is all there is to say of the secret; `cause` is where the first failure came from, `own` what failed
   * there.
   */
  | (Problem & { cause: Node; own: string })

/** Reasons that a problem names. */
const MAX_REASONS = 5

/** `spend`: the request's budget. It is charged for every value that is resolved, and for what resolving takes. */
export function createExpander(tree: Tree, open: (row: SecretRow) => string | null, spend: Spend): Expander {
  const graph = referenceGraph(tree, open, spend)
  const results = new Map<Node, Settled>()
  // Secrets whose references are settled and whose text is to be put together.
  const waiting: Node[] = []

  async function finishWaiting(): Promise<void> {
    const slice = timeSlice()
    for (const node of waiting.splice(0)) {
      if (slice.isOver()) await slice.rest()
      results.set(node, finish(node))
    }
  }

  /** Puts a value together once everything it refers to is settled. */
  function finish(node: Node): Settled {
    if (node.text === null) return failed(node, 'cannot be decrypted', 'undecryptable')
    if (node.cycle) return failed(node, `is in a reference cycle: ${cycleInWords(node)}`, 'reference-cycle')
    const failures = new Map<string, Failed>()
    const texts: string[] = []
    let bytes = 0
    for (const part of partsOf(node.text)) {
      if (typeof part === 'string') {
        texts.push(part)
        bytes += Buffer.byteLength(part)
      } else {
        const result = resultOf(node, part)
        if ('value' in result) {
          texts.push(result.value)
          bytes += result.bytes
        } else if (failures.size < MAX_REASONS) failures.set(result.problem, result)
      }
      // Ten levels of doubling would fill the memory.
      if (bytes > MAX_VALUE_BYTES)
        return failed(node, `is longer than ${MAX_VALUE_BYTES} bytes with its references resolved`, 'too-long')
    }
    const [first] = failures.values()
    if (first) {
      const problem = shortened([...failures.keys()].join('; '), MAX_PROBLEM_BYTES)
      const undecryptable = [...failures.values()].find(({ code }) => code === 'undecryptable')
      return { ...first, problem, code: (undecryptable ?? first).code }
    }
    const value = texts.join('')
    if (node.references.length === 0) return { value, bytes }
    if (node.levels > MAX_REFERENCE_LEVELS)
      return failed(node, `has references nested deeper than ${MAX_REFERENCE_LEVELS} levels`, 'nested-too-deep')
    spend(bytes)
    return { value, bytes }
  }

  function resultOf(node: Node, reference: Reference): { value: string; bytes: number } | Failed {
    const link = graph.linkOf(node, reference)
    const text = shortened(reference.text, MAX_NAME_BYTES)
    if ('problem' in link) {
      const separator = reference.kind === 'unsupported' ? '' : ', '
      const problem = `references ${text}${separator}${link.problem}`
      return { problem, code: link.code, cause: node, own: problem }
    }
    const target = graph.node(link.source, link.key)
    const result = results.get(target) ?? finishAgain(target)
    if ('value' in result) return result
    // Only the root of a chain of failures, else the sentences would grow with the chain.
    const { cause, own, code } = result
    const through = cause === target ? '' : `which needs ${shortened(nameOf(cause, target.folder), MAX_NAME_BYTES)}, `
    return { problem: `references ${text}, ${through}which ${own}`, code, cause, own }
  }

  /** Only values are forgotten, and those have few levels. */
  function finishAgain(node: Node): Settled {
    const result = finish(node)
    results.set(node, result)
    return result
  }

  async function settled(node: Node): Promise<Settled> {
    if (!node.settled) {
      await graph.settle(node, (members) => waiting.push(...members))
      await finishWaiting()
    }
    return results.get(node) ?? finishAgain(node)
  }

  function cycleInWords(node: Node): string {
    const { cycle } = node
    const names = chainFrom(graph, node, (_, to) => to.cycle === cycle).map((name) =>
      shortened(name, MAX_CYCLE_NAME_BYTES),
    )
    return names.join(' → ')
  }

  return {
    sourceOf: graph.sourceOf,
    async expand(folder, key) {
      // Most values refer to nothing, and need no node.
      const row = folder.secrets.get(key)
      const text = row === undefined ? null : open(row)
      if (text !== null && !text.includes('${')) {
        spend(Buffer.byteLength(text))
        return { value: text }
      }
      const result = await settled(graph.node(folder, key))
      return 'problem' in result ? { problem: result.problem, code: result.code } : { value: result.value }
    },
    madeOf(folder, key) {
      const row = folder.secrets.get(key)
      return row && !open(row)?.includes('${') ? madeOfOne(row) : madeOf(graph, folder, key)
    },
    async problemOf(folder, key) {
      const node = graph.node(folder, key)
      const result = await settled(node)
      if ('problem' in result) return result.problem
      if (node.references.length > 0) spend(-result.bytes)
      results.delete(node)
      return null
    },
  }
}

/** Bytes of each name of a cycle in a problem, of which a list may repeat thousands. */
const MAX_CYCLE_NAME_BYTES = 80

type Failed = Extract<Settled, { problem: string }>

const failed = (node: Node, problem: string, code: SecretProblemCode): Failed => ({
  problem,
  code,
  cause: node,
  own: problem,
})
