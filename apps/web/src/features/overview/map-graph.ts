/** The map of a project as a graph: folders, the syncs that read them, and the destinations that get them. Pure. */
import type { ProjectOverview, BriefSync } from '../../lib/server/types.ts'

type Folder = ProjectOverview['folders'][number]

export type MapNode =
  | { id: string; kind: 'folder'; folder: Folder }
  | { id: string; kind: 'sync'; sync: BriefSync }
  | { id: string; kind: 'destination'; destination: string; label: string }

export interface MapEdge {
  id: string
  from: string
  to: string
  kind: 'import' | 'reference' | 'sync'
  /** Of the sync that the edge belongs to; null between folders. */
  status: BriefSync['status'] | null
}

export interface MapGraph {
  nodes: MapNode[]
  edges: MapEdge[]
}

/** A sync whose folder is out of reach begins its own line. */
export function mapGraph(
  { folders, links }: Pick<ProjectOverview, 'folders' | 'links'>,
  syncs: readonly BriefSync[],
): MapGraph {
  const nodes = new Map<string, MapNode>()
  const edges: MapEdge[] = []
  for (const folder of folders) nodes.set(folder.id, { id: folder.id, kind: 'folder', folder })
  for (const { folderId, sourceFolderId, kind } of links)
    edges.push({
      id: `${kind}:${sourceFolderId}:${folderId}`,
      from: sourceFolderId,
      to: folderId,
      kind,
      status: null,
    })
  for (const sync of syncs) {
    const target = `${sync.connection.id}:${sync.destination}:${sync.targetLabel}`
    nodes.set(sync.id, { id: sync.id, kind: 'sync', sync })
    nodes.set(target, { id: target, kind: 'destination', destination: sync.destination, label: sync.targetLabel })
    const edge = { kind: 'sync', status: sync.status } as const
    if (sync.folder !== null && nodes.has(sync.folder.id))
      edges.push({ ...edge, id: `${sync.folder.id}>${sync.id}`, from: sync.folder.id, to: sync.id })
    edges.push({ ...edge, id: `${sync.id}>${target}`, from: sync.id, to: target })
  }
  return { nodes: [...nodes.values()], edges }
}
