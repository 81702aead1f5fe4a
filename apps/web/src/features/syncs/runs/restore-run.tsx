import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Section } from '../../../components/ui/card.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { exactTime } from '../../../lib/display/time.ts'
import { isPassing } from '../../../lib/server/errors.ts'
import { direct, trpc } from '../../../lib/server/trpc.ts'
import type { Sync } from '../../../lib/server/types.ts'
import { RestoreApproval } from './restore-approval.tsx'
import { RestorePlanView } from './restore-plan-view.tsx'
import { words } from '../words.ts'

interface Props {
  sync: Sync
  runId: string
  /** Back to the runs. */
  onClose: () => void
}

/**
 * Going back to an earlier run: what it would write into the vault, and what follows from that; then an approval of
 * exactly that.
 */
export function RestoreRun({ sync, runId, onClose }: Props) {
  const { destination, id: syncId, projectId, environment, folder } = sync
  const one = { destination, syncId, runId }
  const run = trpc.syncs.run.useQuery(one)
  const denied = useWhyNot(projectId)('secrets.write', atSource(sync))
  const plan = useQuery({
    queryKey: ['restore-preview', syncId, runId],
    queryFn: () => direct.syncs.restorePreview.mutate(one),
    enabled: denied === undefined,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const uses = trpc.tree.uses.useQuery(
    { projectId, environment: environment?.slug ?? '', secretPath: folder?.path ?? '/' },
    { enabled: environment !== null && folder !== null, retry: false },
  )
  const others = (uses.data?.syncs ?? []).filter(({ id }) => id !== syncId)
  return (
    <div className="grid gap-4">
      <Button variant="ghost" className="-ml-3.5 w-fit" onClick={onClose}>
        <ArrowLeft aria-hidden className="size-4" /> {words.restoreRun.allRuns}
      </Button>
      <Section
        title={words.restoreRun.title}
        text={
          <>
            {words.restoreRun.writes(sync.targetLabel)}{' '}
            {run.data ? exactTime(run.data.startedAt) : words.restoreRun.thatTime} {words.restoreRun.into}{' '}
            <span className="font-mono">
              {environment?.slug}:{folder?.path}
            </span>{' '}
            {words.restoreRun.again} {sync.autoSync ? words.restoreRun.sent : words.restoreRun.autoSyncOff}
          </>
        }
      >
        {denied !== undefined ? (
          <Notice title={words.restoreRun.denied}>{denied}</Notice>
        ) : plan.error ? (
          <Failure
            what={words.restoreRun.failed}
            error={plan.error}
            // A run stays what it was.
            {...(isPassing(plan.error) && { retry: plan.refetch })}
          />
        ) : !plan.data ? (
          <SkeletonRows label={words.restoreRun.loading} rows={4} />
        ) : (
          <div className="grid gap-4">
            <RestorePlanView sync={sync} plan={plan.data} others={others} />
            <RestoreApproval
              sync={sync}
              runId={runId}
              plan={plan.data}
              onChanged={() => void plan.refetch()}
              onClose={onClose}
            />
          </div>
        )}
      </Section>
    </div>
  )
}
