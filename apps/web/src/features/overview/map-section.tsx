import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { ProjectOverview, BriefSync } from '../../lib/server/types.ts'
import { mapGraph } from './map-graph.ts'
import { MapList } from './map-list.tsx'
import { words } from './words.ts'

const { map } = words
const MapView = onDemand(
  async () => (await import('./map-view.tsx')).MapView,
  <Skeleton className="h-80 rounded-none" />,
)

/** Below this, in pixels, boxes and lines are no help. */
const GRAPH_FROM = 768

/** Which folders go where, drawn; and the same as a list, for small screens and for who prefers it. */
export function MapSection({
  projectId,
  overview,
  syncs,
}: {
  projectId: string
  overview: ProjectOverview
  syncs: readonly BriefSync[]
}) {
  const [view, setView] = useState<'graph' | 'list'>(() => (window.innerWidth < GRAPH_FROM ? 'list' : 'graph'))
  const { data: destinations } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const graph = mapGraph(overview, syncs)
  return (
    <Section
      title={map.title}
      text={map.text}
      action={
        <div role="group" aria-label={map.views} className="flex gap-1">
          {(['graph', 'list'] as const).map((each) => (
            <Button
              key={each}
              size="sm"
              variant={view === each ? 'secondary' : 'ghost'}
              aria-pressed={view === each}
              onClick={() => setView(each)}
            >
              {map[each]}
            </Button>
          ))}
        </div>
      }
    >
      <div className="-mx-4 -my-4">
        {view === 'graph' ? (
          <MapView projectId={projectId} graph={graph} destinations={destinations ?? []} />
        ) : (
          <MapList projectId={projectId} overview={overview} syncs={syncs} destinations={destinations ?? []} />
        )}
      </div>
    </Section>
  )
}
