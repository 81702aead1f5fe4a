import { useNavigate } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { isUnknown, statusOf } from '../../lib/server/errors.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { allowedNames } from './allowed-names.ts'
import type { ConnectionDialog } from './connection-dialogs.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import { ConnectionHealth } from './connection-health.tsx'
import { ConnectionSyncs } from './connection-syncs.tsx'
import { useConnection, type ConnectionProps } from './use-connection.tsx'
import { words } from './words.ts'

interface Props {
  /** Undefined: at the instance. */
  projectId: string | undefined
  connectionId: string
}

/** One connection: how it is, which syncs use it, which projects and targets it is for, and how to end it. */
export function ConnectionPage({ projectId, connectionId }: Props) {
  const connection = trpc.connections.get.useQuery({ connectionId })
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const error = connection.error ?? destinations.error
  usePageTitle(connection.data?.name ?? words.connectionPage.title)
  if (isUnknown(connection.error) || statusOf(connection.error) === 403)
    return <MissingConnection projectId={projectId} />
  if (error)
    return (
      <Failure
        what={words.connectionPage.unreadable}
        error={error}
        retry={() => Promise.all([connection.refetch(), destinations.refetch()])}
      />
    )
  if (!connection.data || !destinations.data) return <SkeletonRows label={words.connectionPage.loading} rows={4} />
  return (
    <Opened
      projectId={projectId}
      connection={connection.data}
      destinations={destinations.data.filter((each) => each.connection.app === connection.data.destination)}
    />
  )
}

function MissingConnection({ projectId }: { projectId: string | undefined }) {
  const { title, missing, missingText, all } = words.connectionPage
  if (projectId !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={title}
        title={missing}
        why={missingText}
        action={
          <RouteButton variant="primary" to="/p/$projectId/connections" params={{ projectId }}>
            {all}
          </RouteButton>
        }
      />
    )
  return (
    <>
      <PageHeader title={title} />
      <Empty
        title={missing}
        action={
          <RouteButton variant="primary" to="/connections">
            {all}
          </RouteButton>
        }
      >
        {missingText}
      </Empty>
    </>
  )
}

function Opened(props: ConnectionProps) {
  const { projectId, connection, destinations } = props
  const navigate = useNavigate()
  const [destination] = destinations
  const { projects, check, busy, denied, open, dialogs } = useConnection(props, () =>
    projectId === undefined
      ? navigate({ to: '/connections' })
      : navigate({ to: '/p/$projectId/connections', params: { projectId } }),
  )
  const { id, name, description, problem, allowedTargets, usedBy } = connection
  const title = destination?.connection.title ?? connection.destination
  const method = destination?.connection.methods.find((each) => each.name === connection.method)
  const isShared = connection.projectId === null
  const change = (what: ConnectionDialog) => (
    <Button size="sm" denied={denied} aria-label={changeOf(what)} onClick={() => open(what)}>
      {words.connectionPage.change}
    </Button>
  )
  return (
    <div className="grid gap-4">
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <VendorIcon svg={destination?.icon ?? ''} size={24} />
            <span className="min-w-0 break-words">{name}</span>
            <ConnectionHealth connection={connection} />
          </span>
        }
        text={description === null || description === '' ? title : `${title} · ${description}`}
        actions={
          <>
            <Button busy={busy} onClick={check}>
              {words.connectionCard.test}
            </Button>
            <Button variant="primary" denied={denied} onClick={() => open('replace')}>
              <KeyRound aria-hidden className="size-4" /> {words.connectionPage.replace}
            </Button>
          </>
        }
      />
      {problem !== null && (
        <Notice kind="bad" title={words.connectionCard.problem}>
          {problem}
        </Notice>
      )}
      {Object.values(connection.credentials).some(isPlainHttp) && <Notice kind="warn">{PLAIN_HTTP}</Notice>}
      <Section title={words.connectionSyncs.title}>
        <ConnectionSyncs connectionId={id} />
      </Section>
      <div className="grid gap-4 xl:grid-cols-2 xl:items-start">
        <ConnectionFacts
          connection={connection}
          method={method?.title}
          denied={denied}
          onEdit={() => open('details')}
        />
        <div className="grid gap-4">
          <Section
            title={words.connectionPage.projects}
            text={allowedNames(connection, projects)}
            action={isShared && change('projects')}
          />
          {isShared && (
            <Section
              title={words.connectionPage.targets}
              text={
                allowedTargets === null
                  ? words.connectionPage.everyTarget
                  : words.connectionPage.targetsOf(allowedTargets.length)
              }
              action={change('targets')}
            >
              {allowedTargets === null ? undefined : (
                <ul className="grid gap-1 font-mono text-sm">
                  {allowedTargets.map((target) => (
                    <li key={JSON.stringify(target)} className="wrap-anywhere">
                      {Object.values(target).join(' · ')}
                    </li>
                  ))}
                </ul>
              )}
            </Section>
          )}
          <Section
            tone="bad"
            title={words.connectionPage.delete}
            text={usedBy === 0 ? words.connectionPage.deleteText : words.connectionPage.inUse(usedBy)}
            action={
              <Button variant="danger" denied={denied} onClick={() => open('delete')}>
                {words.connectionPage.delete}
              </Button>
            }
          />
        </div>
      </div>
      {dialogs}
    </div>
  )
}

const changeOf = (what: ConnectionDialog): string =>
  `${words.connectionPage.change}: ${what === 'projects' ? words.connectionPage.projects : words.connectionPage.targets}`
