import { Link } from '@tanstack/react-router'
import { Handle, Position, useReactFlow, type NodeProps, type Node } from '@xyflow/react'
import { Folder } from 'lucide-react'
import type { FocusEvent, ReactNode } from 'react'
import { SyncStatusBadge } from '../../components/syncs/sync-status.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { cn } from '../../lib/cn.ts'
import { folderPage } from '../../lib/pages/folder-page.ts'
import type { Destination, BriefSync } from '../../lib/server/types.ts'
import type { MapNode } from './map-graph.ts'
import { NODE } from './map-layout.ts'
import { syncPage } from './sync-page.ts'
import { words } from './words.ts'

export type MapNodeData = {
  projectId: string
  node: MapNode
  destination: Destination | undefined
}
type Props = NodeProps<Node<MapNodeData>>

const BORDERS: Record<BriefSync['status'], string> = {
  'needs-attention': 'border-bad',
  'out-of-sync': 'border-warn',
  paused: 'border-line',
  syncing: 'border-accent',
  'in-sync': 'border-line',
}
const box = 'flex size-full items-center gap-2 overflow-hidden rounded-md border bg-surface px-2.5 text-sm'
const linked = 'pointer-events-auto hover:bg-sunken focus-visible:outline-2'

/** Where lines begin and end; not drawn. */
const Ends = ({ children }: { children: ReactNode }) => (
  <>
    <Handle type="target" position={Position.Left} isConnectable={false} className="opacity-0" />
    {children}
    <Handle type="source" position={Position.Right} isConnectable={false} className="opacity-0" />
  </>
)

function FolderNode({ data: { projectId, node }, ...place }: Props) {
  const onFocus = useShown(place)
  if (node.kind !== 'folder') return null
  const { environment, path, secrets } = node.folder
  return (
    <Ends>
      <Link {...folderPage(projectId, environment, path)} className={cn(box, linked, 'border-line')} onFocus={onFocus}>
        <Folder aria-hidden className="size-4 shrink-0 text-soft" />
        <span className="grid min-w-0">
          <span className="truncate font-mono text-xs">
            {environment}:{path}
          </span>
          <span className="text-xs text-soft">{words.map.secrets(secrets)}</span>
        </span>
      </Link>
    </Ends>
  )
}

function SyncNode({ data: { node }, ...place }: Props) {
  const onFocus = useShown(place)
  if (node.kind !== 'sync') return null
  const { sync } = node
  return (
    <Ends>
      <Link {...syncPage(sync)} className={cn(box, linked, BORDERS[sync.status])} onFocus={onFocus}>
        <span className="grid min-w-0 justify-items-start leading-tight">
          <span className="max-w-full truncate font-medium">{sync.name}</span>
          <SyncStatusBadge status={sync.status} />
        </span>
      </Link>
    </Ends>
  )
}

const DestinationNode = ({ data: { node, destination } }: Props) =>
  node.kind === 'destination' && (
    <Ends>
      <div className={cn(box, 'border-line')}>
        <VendorIcon svg={destination?.icon ?? ''} size={16} />
        <span className="grid min-w-0">
          <span className="truncate font-medium">{destination?.title ?? node.destination}</span>
          <span className="truncate text-xs text-soft">{node.label}</span>
        </span>
      </div>
    </Ends>
  )

/** Moves the map so that a box that gets the focus by the keyboard can be seen. */
function useShown({
  positionAbsoluteX: x,
  positionAbsoluteY: y,
}: Pick<Props, 'positionAbsoluteX' | 'positionAbsoluteY'>) {
  const flow = useReactFlow()
  return ({ currentTarget }: FocusEvent<HTMLElement>) => {
    if (!currentTarget.matches(':focus-visible')) return
    const frame = currentTarget.closest('.react-flow')
    if (!frame) return
    // The browser has scrolled the frame to the box, which the library undoes in a moment.
    frame.scrollTo(0, 0)
    const outer = frame.getBoundingClientRect()
    const inner = currentTarget.getBoundingClientRect()
    const isSeen =
      inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
    if (!isSeen) void flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom: flow.getZoom() })
  }
}

export const nodeTypes = { folder: FolderNode, sync: SyncNode, destination: DestinationNode }
