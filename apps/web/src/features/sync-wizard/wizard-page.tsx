import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { DestinationCards } from '../../components/destination-cards.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { useConnectedApps } from './use-connected-apps.ts'
import { words } from './words.ts'

const SyncForm = onDemand(
  async () => (await import('./sync-form.tsx')).SyncForm,
  <SkeletonRows label={words.wizardPage.loading} />,
)

const route = getRouteApi('/inside/p/$projectId/syncs/new')

/** First the destination, then everything else on one page. The destination is in the URL. */
export function WizardPage() {
  usePageTitle(words.wizardPage.addSync)
  const { projectId } = route.useParams()
  const { data: destinations, error, refetch } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const denied = useWhyNot(projectId)('syncs.manage')
  const navigate = useNavigate()
  const chosen = route.useSearch().destination
  const destination = destinations?.find(({ name }) => name === chosen)
  const connected = useConnectedApps(projectId, destination === undefined)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [destination?.name])

  const go = (name?: string) =>
    void navigate({
      to: '/p/$projectId/syncs/new',
      params: { projectId },
      search: name === undefined ? {} : { destination: name },
    })
  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={words.wizardPage.addSync}
        title={words.wizardPage.denied}
        why={denied}
      />
    )
  if (error) return <Failure what={words.wizardPage.unreadable} error={error} retry={refetch} />
  // Cards that change places are missed.
  if (!destinations || !connected) return <SkeletonRows label={words.wizardPage.loading} />
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center gap-3">
        {destination && <VendorIcon svg={destination.icon} size={24} />}
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
            {destination ? words.wizardPage.addSyncTo(destination.title) : words.wizardPage.addSync}
          </h1>
          {!destination && <p className="text-base text-soft">{words.wizardPage.pick}</p>}
        </div>
        {destination && (
          <Button size="sm" onClick={() => go()}>
            {words.wizardPage.changeDestination}
          </Button>
        )}
      </div>
      {destination ? (
        <SyncForm key={`${projectId} ${destination.name}`} projectId={projectId} destination={destination} />
      ) : (
        <DestinationCards destinations={destinations} connected={connected} onPick={({ name }) => go(name)} />
      )}
    </div>
  )
}
