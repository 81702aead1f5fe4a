import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { TargetCard } from './target-card.tsx'
import { words } from './words.ts'

const AddTarget = onDemand(
  async () => (await import('./add-target.tsx')).AddTarget,
  <Skeleton className="h-176 rounded-lg 2xl:h-100" />,
)

/** Deliveries are made in the background: their outcome is fetched this often. */
const LOOK_MS = 15_000
const TEXT = words.alertsPage.text

/** Where the alerts of a project go. Recipients belong to the instance, so its admins manage them. */
export function AlertsPage({ projectId }: { projectId: string }) {
  usePageTitle(words.alertsPage.alerts)
  const me = trpc.instance.me.useQuery()
  const admin = me.data?.instanceAdmin
  const targets = trpc.notifications.list.useQuery({ projectId }, { enabled: admin === true, refetchInterval: LOOK_MS })
  const error = me.error ?? targets.error
  return (
    <>
      <PageHeader title={words.alertsPage.alerts} text={TEXT} />
      {error ? (
        <Failure
          what={words.alertsPage.unreadable}
          error={error}
          retry={() => Promise.all([me.refetch(), targets.refetch()])}
        />
      ) : admin === false ? (
        <Notice title={words.alertsPage.denied}>{words.alertsPage.deniedText}</Notice>
      ) : !targets.data ? (
        <SkeletonRows label={words.alertsPage.loading} rows={3} />
      ) : (
        <div className="grid gap-5">
          {targets.data.length === 0 ? (
            <Empty title={words.alertsPage.noAlertRecipients}>{words.alertsPage.emptyText}</Empty>
          ) : (
            <ul aria-label={words.alertsPage.recipients} className="grid gap-3 xl:grid-cols-2">
              {targets.data.map((target) => (
                <li key={target.id}>
                  <TargetCard target={target} />
                </li>
              ))}
            </ul>
          )}
          <AddTarget projectId={projectId} />
        </div>
      )}
    </>
  )
}
