/** Cycles of references, and how deep references are nested. */
import { timeSlice } from '@keyferry/db'
import type { Reference } from '@keyferry/kernel'
import type { Node } from './reference-graph.ts'

/** A secret as the walk finds it. */
export interface WalkedNode extends Node {
  /** The reference that is followed next. */
  next: number
  /** When the walk came here; -1: not yet. */
  index: number
  /** The earliest secret on the walk that this one leads to. */
  low: number
  refersToItself: boolean
}

/** How a secret begins. */
export const NOT_WALKED = {
  levels: 0,
  cycle: null,
  settled: false,
  next: 0,
  index: -1,
  low: -1,
  refersToItself: false,
} as const

type TargetOf = (from: WalkedNode, reference: Reference) => WalkedNode | null

/**
 * Settles secrets by Tarjan's algorithm: cycles are the components of more than one secret, and secrets that refer to
 * themselves. `each` gets every secret, or every cycle of them, after all that it refers to.
 */
export function cycleFinder(
  targetOf: TargetOf,
): (first: WalkedNode, each: (members: readonly Node[]) => void) => Promise<void> {
  let entered = 0

  return async (first, each) => {
    if (first.settled) return
    const slice = timeSlice()
    const path: WalkedNode[] = []
    const open: WalkedNode[] = []
    const enter = (node: WalkedNode): void => {
      node.index = node.low = entered++
      path.push(node)
      open.push(node)
    }
    enter(first)
    for (let node = path.at(-1); node; node = path.at(-1)) {
      if (slice.isOver()) await slice.rest()
      const reference = node.references[node.next]
      if (reference) {
        node.next++
        const target = targetOf(node, reference)
        if (!target) continue
        if (target === node) node.refersToItself = true
        if (target.index < 0) enter(target)
        else if (!target.settled) node.low = Math.min(node.low, target.index)
        continue
      }
      path.pop()
      const above = path.at(-1)
      if (above) above.low = Math.min(above.low, node.low)
      if (node.low !== node.index) continue
      const members = open.splice(open.lastIndexOf(node))
      if (members.length > 1 || node.refersToItself) for (const member of members) member.cycle = members
      else node.levels = await levelsOf(node, targetOf, slice)
      for (const member of members) member.settled = true
      each(members)
    }
  }
}

async function levelsOf(from: WalkedNode, targetOf: TargetOf, slice: ReturnType<typeof timeSlice>): Promise<number> {
  let levels = 0
  for (const reference of from.references) {
    if (slice.isOver()) await slice.rest()
    if (reference.kind !== 'unsupported') levels = Math.max(levels, 1 + (targetOf(from, reference)?.levels ?? 0))
  }
  return levels
}
