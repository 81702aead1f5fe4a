/**
 * The groups of nodes that reach each other, each sorted; a node alone is none. Tarjan's algorithm: a node's `low` is
 * the earliest node that it reaches among those that are still open.
 */
export function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const cycles: string[][] = []
  const visit = (node: string): number => {
    const order = index.size
    index.set(node, order)
    low.set(node, order)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      const reached = index.has(next) ? (open.includes(next) ? (index.get(next) ?? order) : order) : visit(next)
      low.set(node, Math.min(low.get(node) ?? order, reached))
    }
    if (low.get(node) === order) {
      const group = open.splice(open.indexOf(node))
      if (group.length > 1) cycles.push(group.toSorted())
    }
    return low.get(node) ?? order
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return cycles
}
