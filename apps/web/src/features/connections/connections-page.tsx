import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { FoundCount } from '../../components/rows/found-count.tsx'
import { MoreRows } from '../../components/rows/more-rows.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Shortcut } from '../../components/shortcut.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { useSearch } from '../../lib/lists/use-search.ts'
import { ConnectionCard } from './connection-card.tsx'
import { useConnections } from './use-connections.ts'
import { words } from './words.ts'

/** The connections that a project may use. */
export function ConnectionsPage({ projectId, q }: { projectId: string; q: string | undefined }) {
  usePageTitle(words.connectionsPage.connections, false)
  const navigate = useNavigate()
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
      q={q}
      onSearch={(next) =>
        void navigate({ to: '/p/$projectId/connections', params: { projectId }, search: { q: next }, replace: true })
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
export function InstanceConnectionsPage({ q }: { q: string | undefined }) {
  usePageTitle(words.connectionsPage.connections, false)
  const navigate = useNavigate()
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
      q={q}
      onSearch={(next) => void navigate({ to: '/connections', search: { q: next }, replace: true })}
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
  /** What is searched. */
  q: string | undefined
  onSearch: (q: string | undefined) => void
}

function List({ projectId, text, add, all, q, onSearch }: Props) {
  const list = useConnections(projectId, q)
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const [typed, type] = useSearch(q ?? '', (next) => onSearch(next || undefined))
  const { connections, total } = list
  const error = list.error ?? destinations.error
  const isEmpty = connections?.length === 0
  return (
    <>
      <PageHeader
        title={words.connectionsPage.connections}
        text={text}
        actions={
          connections && (
            <>
              {all}
              {!(isEmpty && q === undefined) && add}
            </>
          )
        }
      />
      {error ? (
        <Failure
          what={words.connectionsPage.unreadable}
          error={error}
          retry={() => Promise.all([list.refetch(), destinations.refetch()])}
        />
      ) : !connections || !destinations.data ? (
        <SkeletonRows label={words.connectionsPage.loading} rows={3} />
      ) : isEmpty && q === undefined ? (
        <Empty title={words.connectionsPage.noConnectionsYet} action={add}>
          {words.connectionsPage.emptyText}
        </Empty>
      ) : (
        <div className="grid gap-3">
          <SearchField label={words.connectionsPage.search} value={typed} onChange={type} />
          <FoundCount isNarrowed={q !== undefined} className="sr-only">
            {words.connectionsPage.shown(total)}
          </FoundCount>
          {isEmpty ? (
            <Empty
              title={words.connectionsPage.noMatch}
              action={<Button onClick={() => onSearch(undefined)}>{words.connectionsPage.clearSearch}</Button>}
            >
              {words.connectionsPage.searched}
            </Empty>
          ) : (
            <ul className="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(30rem,100%),1fr))]">
              {connections.map((connection) => (
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
          {list.hasNextPage && (
            <MoreRows
              shown={connections.length}
              text={words.connectionsPage.of(connections.length, total)}
              busy={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage({ cancelRefetch: false })}
            />
          )}
        </div>
      )}
    </>
  )
}
