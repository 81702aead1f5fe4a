import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { AccessDenied } from '../../components/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Shortcut } from '../../components/shortcut.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Connection } from '../../lib/types.ts'
import { ConnectionCard } from './connection-card.tsx'
import { words } from './words.ts'

/** The connections that a project may use. */
export function ConnectionsPage({ projectId }: { projectId: string }) {
  usePageTitle(words.connectionsPage.connections, false)
  const whyNot = useWhyNot(projectId)
  const denied = whyNot('connections.read')
  const managesAll = whyNot('connections.manage', { kind: 'organization' }) === undefined
  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={words.connectionsPage.connections}
        title={words.connectionsPage.denied}
        why={denied}
      />
    )
  return (
    <List
      projectId={projectId}
      text={words.connectionsPage.ofProject}
      isListed={({ projectId: owner, allowedProjects }) =>
        owner === null ? allowedProjects === null || allowedProjects.includes(projectId) : owner === projectId
      }
      all={managesAll && <RouteButton to="/connections">{words.connectionsPage.all}</RouteButton>}
      add={
        <RouteButton variant="primary" data-shortcut="n" to="/p/$projectId/connections/new" params={{ projectId }}>
          <Plus aria-hidden className="size-4" /> {words.connectionsPage.addConnection} <Shortcut name="N" />
        </RouteButton>
      }
    />
  )
}

/** Every connection of the instance, for its admins, with the projects that may use each. */
export function InstanceConnectionsPage() {
  usePageTitle(words.connectionsPage.connections, false)
  const denied = useWhyNot('')('connections.manage', { kind: 'organization' })
  if (denied !== undefined)
    return (
      <>
        <PageHeader title={words.connectionsPage.connections} />
        <Empty
          title={words.connectionsPage.denied}
          action={<RouteButton to="/projects">{words.connectionsPage.projects}</RouteButton>}
        >
          {denied}
        </Empty>
      </>
    )
  return (
    <List
      projectId={undefined}
      text={words.connectionsPage.allText}
      add={
        <RouteButton variant="primary" data-shortcut="n" to="/connections/new">
          <Plus aria-hidden className="size-4" /> {words.connectionsPage.addConnection} <Shortcut name="N" />
        </RouteButton>
      }
    />
  )
}

interface Props {
  projectId: string | undefined
  text: string
  add: ReactNode
  all?: ReactNode
  isListed?: (connection: Connection) => boolean
}

function List({ projectId, text, add, all, isListed = () => true }: Props) {
  const connections = trpc.connections.list.useQuery({})
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const error = connections.error ?? destinations.error
  const listed = connections.data?.filter(isListed)
  return (
    <>
      <PageHeader
        title={words.connectionsPage.connections}
        text={text}
        actions={
          listed && (
            <>
              {all}
              {listed.length > 0 && add}
            </>
          )
        }
      />
      {error ? (
        <Failure
          what={words.connectionsPage.unreadable}
          error={error}
          retry={() => Promise.all([connections.refetch(), destinations.refetch()])}
        />
      ) : !listed || !destinations.data ? (
        <SkeletonRows label={words.connectionsPage.loading} rows={3} />
      ) : listed.length === 0 ? (
        <Empty title={words.connectionsPage.noConnectionsYet} action={add}>
          {words.connectionsPage.emptyText}
        </Empty>
      ) : (
        <ul className="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(30rem,100%),1fr))]">
          {listed.map((connection) => (
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
