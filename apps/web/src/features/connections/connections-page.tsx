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

export function ConnectionsPage({ projectId }: { projectId: string }) {
  usePageTitle('Connections', false)
  const denied = useWhyNot(projectId)('connections.read')
  const connections = trpc.connections.list.useQuery({}, { enabled: denied === undefined })
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const error = connections.error ?? destinations.error
  const add = (
    <RouteButton variant="primary" data-shortcut="n" to="/p/$projectId/connections/new" params={{ projectId }}>
      <Plus aria-hidden className="size-4" /> Add connection
    </RouteButton>
  )
  if (denied !== undefined)
    return <AccessDenied projectId={projectId} page="Connections" title="Connections are for admins" why={denied} />
  const ready = connections.data && destinations.data
  const empty = connections.data?.length === 0
  return (
    <>
      <PageHeader
        title="Connections"
        text="Credentials for the accounts that receive secrets."
        actions={ready && !empty && add}
      />
      {error ? (
        <Failure
          what="The connections could not be read"
          error={error}
          retry={() => Promise.all([connections.refetch(), destinations.refetch()])}
        />
      ) : !ready ? (
        <SkeletonRows label="Loading connections" rows={3} />
      ) : empty ? (
        <Empty title="No connections yet" action={add}>
          A connection holds one credential for one account at a vendor. Syncs use it to write there.
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
