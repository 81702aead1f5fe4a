import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { trpc } from '../../lib/trpc.ts'
import { TargetCard } from './target-card.tsx'

const AddTarget = onDemand(
  async () => (await import('./add-target.tsx')).AddTarget,
  <Skeleton className="h-176 rounded-lg" />,
)

/** Deliveries are made in the background: their outcome is fetched this often. */
const LOOK_MS = 15_000
const TEXT =
  'Who gets an alert when a sync fails, is blocked, stops repairing or cannot clean up its old target, and when it recovers.'

/** Where the alerts of a project go. Recipients belong to the instance, so its admins manage them. */
export function AlertsPage({ projectId }: { projectId: string }) {
  usePageTitle('Alerts')
  const me = trpc.instance.me.useQuery()
  const admin = me.data?.instanceAdmin
  const targets = trpc.notifications.list.useQuery({ projectId }, { enabled: admin === true, refetchInterval: LOOK_MS })
  const error = me.error ?? targets.error
  return (
    <>
      <PageHeader title="Alerts" text={TEXT} />
      {error ? (
        <Failure
          what="The recipients could not be read"
          error={error}
          retry={() => Promise.all([me.refetch(), targets.refetch()])}
        />
      ) : admin === false ? (
        <Notice title="Only instance admins manage alerts">
          Ask one of them to have the alerts of this project sent to you.
        </Notice>
      ) : !targets.data ? (
        <SkeletonRows label="Loading recipients" rows={3} />
      ) : (
        <div className="grid gap-5">
          {targets.data.length === 0 ? (
            <Empty title="No alert recipients">
              A sync that fails shows it here in the console. Add a Slack or Teams channel, PagerDuty, an e-mail address
              or a webhook, so your team hears about it.
            </Empty>
          ) : (
            <ul aria-label="Recipients" className="grid gap-3 xl:grid-cols-2">
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
