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
  <Skeleton className="h-112 rounded-lg" />,
)

/** Deliveries are made in the background: their outcome is fetched this often. */
const LOOK_MS = 15_000
const TEXT =
  'Who gets an alert when a sync fails, is blocked, stops repairing or cannot clean up its old target, and when it recovers.'

/** Where failure notices of a project go. Targets belong to the instance, so its admins see to them. */
export function NoticesPage({ projectId }: { projectId: string }) {
  usePageTitle('Notices')
  const me = trpc.instance.me.useQuery()
  const admin = me.data?.instanceAdmin
  const targets = trpc.notifications.list.useQuery({ projectId }, { enabled: admin === true, refetchInterval: LOOK_MS })
  const error = me.error ?? targets.error
  return (
    <>
      <PageHeader title="Failure notices" text={TEXT} />
      {error ? (
        <Failure
          what="The notices could not be read"
          error={error}
          retry={() => Promise.all([me.refetch(), targets.refetch()])}
        />
      ) : admin === false ? (
        <Notice title="Only instance admins see to failure notices">
          Ask one of them to have the notices of this project sent to you.
        </Notice>
      ) : !targets.data ? (
        <SkeletonRows label="Loading notices" rows={3} />
      ) : (
        <div className="grid gap-5">
          {targets.data.length === 0 ? (
            <Empty title="No alert recipients">
              A sync that fails shows it here in the console. Add a webhook or an e-mail address, and your team hears
              about it.
            </Empty>
          ) : (
            <ul aria-label="Targets" className="grid gap-3 xl:grid-cols-2">
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
