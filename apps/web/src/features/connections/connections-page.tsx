import { Plus } from 'lucide-react'
import { AccessDenied } from '../../components/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import { ConnectionCard } from './connection-card.tsx'
import { words } from './words.ts'

export function ConnectionsPage({ projectId }: { projectId: string }) {
  usePageTitle(words.connectionsPage.connections, false)
  const denied = useWhyNot(projectId)('connections.read')
  const connections = trpc.connections.list.useQuery({}, { enabled: denied === undefined })
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const error = connections.error ?? destinations.error
  const add = (
    <RouteButton variant="primary" data-shortcut="n" to="/p/$projectId/connections/new" params={{ projectId }}>
      <Plus aria-hidden className="size-4" /> {words.connectionsPage.addConnection}
    </RouteButton>
  )
  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={words.connectionsPage.connections}
        title={words.connectionsPage.denied}
        why={denied}
      />
    )
  const ready = connections.data && destinations.data
  const empty = connections.data?.length === 0
  return (
    <>
      <PageHeader
        title={words.connectionsPage.connections}
        text={words.connectionsPage.text}
        actions={ready && !empty && add}
      />
      {error ? (
        <Failure
          what={words.connectionsPage.unreadable}
          error={error}
          retry={() => Promise.all([connections.refetch(), destinations.refetch()])}
        />
      ) : !ready ? (
        <SkeletonRows label={words.connectionsPage.loading} rows={3} />
      ) : empty ? (
        <Empty title={words.connectionsPage.noConnectionsYet} action={add}>
          {words.connectionsPage.emptyText}
        </Empty>
      ) : (
        <ul className="grid gap-3 xl:grid-cols-2">
          {connections.data.map((connection) => (
            <li key={connection.id}>
              <ConnectionCard
                projectId={projectId}
                connection={connection}
                destinations={destinations.data.filter((each) => each.connection.app === connection.destination)}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
