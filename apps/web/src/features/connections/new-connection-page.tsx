import { useNavigate } from '@tanstack/react-router'
import { toast } from '../../lib/toast.ts'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { DestinationCards } from '../../components/destination-cards.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const ConnectionForm = onDemand(
  async () => (await import('../../components/fields/connection-form.tsx')).ConnectionForm,
  <SkeletonRows label={words.newConnectionPage.loading} rows={4} />,
)

interface Props {
  /** Undefined: at the instance. */
  projectId: string | undefined
  app: string | undefined
}

/** First the vendor, then its own form. The vendor is in the URL. */
export function NewConnectionPage({ projectId, app }: Props) {
  usePageTitle(words.newConnectionPage.newConnection)
  const navigate = useNavigate()
  const denied = useWhyNot(projectId ?? '')(
    'connections.manage',
    projectId === undefined ? { kind: 'organization' } : undefined,
  )
  const { data: destinations, error, refetch } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const destination = destinations?.find(({ name }) => name === app)
  const go = (name?: string) => {
    const search = name === undefined ? {} : { app: name }
    return projectId === undefined
      ? navigate({ to: '/connections/new', search })
      : navigate({ to: '/p/$projectId/connections/new', params: { projectId }, search })
  }

  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId ?? ''}
        page={words.newConnectionPage.newConnection}
        title={words.newConnectionPage.denied}
        why={denied}
        action={
          projectId === undefined ? (
            <RouteButton to="/projects">{words.connectionsPage.projects}</RouteButton>
          ) : undefined
        }
      />
    )
  if (error) return <Failure what={words.newConnectionPage.unreadable} error={error} retry={refetch} />
  if (!destinations) return <SkeletonRows label={words.newConnectionPage.loading} rows={2} />
  if (!destination) {
    return (
      <div>
        <PageHeader title={words.newConnectionPage.newConnection} text={words.newConnectionPage.text} />
        <DestinationCards destinations={destinations} onPick={({ name }) => void go(name)} />
      </div>
    )
  }
  return (
    <div className="max-w-2xl">
      <PageHeader
        title={
          <span className="flex items-center gap-3">
            <VendorIcon svg={destination.icon} size={24} />{' '}
            {words.newConnectionPage.connect(destination.connection.title)}
          </span>
        }
      />
      <Card className="p-5">
        <ConnectionForm
          key={destination.name}
          projectId={projectId}
          destination={destination}
          onCancel={() => void go()}
          onDone={({ name }) => {
            toast.success(words.newConnectionPage.connected(name))
            void (projectId === undefined
              ? navigate({ to: '/connections' })
              : navigate({ to: '/p/$projectId/connections', params: { projectId } }))
          }}
        />
      </Card>
    </div>
  )
}
