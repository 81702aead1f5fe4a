import { onDemand } from '../../components/on-demand.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import type { BriefSync } from '../../lib/server/types.ts'
import { words } from './words.ts'

const RecentChanges = onDemand(
  async () => (await import('./recent-changes.tsx')).RecentChanges,
  <Skeleton className="h-40" />,
)

export const ChangesCard = ({ projectId, syncs }: { projectId: string; syncs: readonly BriefSync[] }) => (
  <Section
    title={words.changes.title}
    action={
      <RouteButton size="sm" to="/p/$projectId/activity" params={{ projectId }}>
        {words.changes.all}
      </RouteButton>
    }
  >
    <RecentChanges projectId={projectId} syncs={syncs} />
  </Section>
)
