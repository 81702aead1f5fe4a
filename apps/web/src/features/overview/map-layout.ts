import { Graph, layout } from '@dagrejs/dagre'
import type { MapGraph } from './map-graph.ts'

/** Pixels. */
export const NODE = { width: 224, height: 46 }
const BETWEEN = { nodesep: 12, ranksep: 56 }

export interface Placed {
  width: number
  height: number
  /** The upper left corner of each node. */
  at: ReadonlyMap<string, { x: number; y: number }>
}

/** What decides where the nodes of a graph are, as a text: graphs with the same are laid out once. */
export const shapeOf = ({ nodes, edges }: MapGraph): string =>
  JSON.stringify({
    nodes: nodes.map(({ id }) => id),
    edges: edges.map(({ from, to }) => ({ from, to })),
  } satisfies Shape)

interface Shape {
  nodes: string[]
  edges: { from: string; to: string }[]
}

/** Places the nodes of a `shapeOf` in columns from left to right, with as few crossings as the layout finds. */
export function placeNodes(shape: string): Placed {
  const { nodes, edges }: Shape = JSON.parse(shape)
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', ...BETWEEN })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of nodes) graph.setNode(id, { ...NODE })
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    at: new Map(
      nodes.map((id) => {
        const { x, y } = graph.node(id)
        return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }]
      }),
    ),
  }
}
