import '@xyflow/react/dist/base.css'
import { Position, ReactFlow, ReactFlowProvider, type Edge, type Node } from '@xyflow/react'
import { useMemo, useRef, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import type { Destination, BriefSync } from '../../lib/server/types.ts'
import { MapControls } from './map-controls.tsx'
import type { MapEdge, MapGraph } from './map-graph.ts'
import { NODE, placeNodes, shapeOf } from './map-layout.ts'
import { nodeTypes, type MapNodeData } from './map-nodes.tsx'
import { words } from './words.ts'

const { map } = words

/** Pixels: higher than that, or than the screen has room for, the map is cut until it is expanded. */
const MIN_CUT = 520
/** Pixels of a screen above and below the map, about. */
const AROUND_MAP = 380
const PADDING = 24
const ZOOM = { min: 0.35, max: 1.5 }

const COLOURS: Record<BriefSync['status'], string> = {
  'needs-attention': 'var(--color-bad)',
  'out-of-sync': 'var(--color-warn)',
  paused: 'var(--color-edge)',
  syncing: 'var(--color-accent)',
  'in-sync': 'var(--color-good)',
}

/**
 * Boxes and lines. Every box is a link, so the keyboard walks from one to the next; the wheel scrolls the page, and
 * zooms with Ctrl.
 */
export function MapView({
  projectId,
  graph,
  destinations,
}: {
  projectId: string
  graph: MapGraph
  destinations: readonly Destination[]
}) {
  const [expanded, setExpanded] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  // What is there moves the boxes; a new state only recolours them.
  const shape = shapeOf(graph)
  const placed = useMemo(() => placeNodes(shape), [shape])
  const full = placed.height + 2 * PADDING
  const cut = Math.max(MIN_CUT, window.innerHeight - AROUND_MAP)
  const height = expanded ? full : Math.min(full, cut)
  const nodes = graph.nodes.map((node): Node<MapNodeData> => ({
    id: node.id,
    type: node.kind,
    position: placed.at.get(node.id) ?? { x: 0, y: 0 },
    data: { projectId, node, destination: destinationOf(node, destinations) },
    ...NODE,
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
  }))
  const folders = graph.nodes.filter(({ kind }) => kind === 'folder').length
  const syncs = graph.nodes.filter(({ kind }) => kind === 'sync').length
  return (
    <ReactFlowProvider>
      <div ref={frame} style={{ height }}>
        <ReactFlow
          // The boxes say what the lines mean; each alone would only be noise to a screen reader.
          onInit={() => frame.current?.querySelector('.react-flow__edges')?.setAttribute('aria-hidden', 'true')}
          aria-label={map.label(folders, syncs)}
          nodes={nodes}
          edges={graph.edges.map(drawn)}
          nodeTypes={nodeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          preventScrolling={false}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          minZoom={ZOOM.min}
          maxZoom={ZOOM.max}
          proOptions={{ hideAttribution: true }}
        />
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-2">
        {full > cut && (
          <Button size="sm" variant="ghost" aria-expanded={expanded} onClick={() => setExpanded(!expanded)}>
            {expanded ? map.collapse : map.expand}
          </Button>
        )}
        <MapControls placed={placed} padding={PADDING} height={height} />
      </div>
    </ReactFlowProvider>
  )
}

function destinationOf(node: MapGraph['nodes'][number], destinations: readonly Destination[]): Destination | undefined {
  const name = node.kind === 'destination' ? node.destination : undefined
  return destinations.find((destination) => destination.name === name)
}

const drawn = ({ id, from, to, kind, status }: MapEdge): Edge => ({
  id,
  source: from,
  target: to,
  animated: status === 'syncing',
  style: {
    stroke: status === null ? 'var(--color-edge)' : COLOURS[status],
    strokeWidth: status === 'needs-attention' ? 2 : 1.5,
    ...(kind === 'reference' ? { strokeDasharray: '4 4' } : {}),
  },
})
