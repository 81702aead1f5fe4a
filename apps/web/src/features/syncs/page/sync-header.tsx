import { onDemand } from '../../../components/on-demand.tsx'
import { Ellipsis, Play, Radar } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { RunStateBadge } from '../../../components/syncs/run-state.tsx'
import { SyncReason, SyncStatusBadge } from '../../../components/syncs/sync-status.tsx'
import { Time } from '../../../components/time.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { VendorIcon } from '../../../components/vendor-icon.tsx'
import { cn } from '../../../lib/cn.ts'
import type { Destination, Sync } from '../../../lib/server/types.ts'
import { CheckNotice } from '../plan/check-notice.tsx'
import { ImportNotice } from './import-notice.tsx'
import { LeavingNotice } from './leaving-notice.tsx'
import { ProgressBar } from '../runs/progress-bar.tsx'
import { RemovalNotice } from './removal-notice.tsx'
import { SyncMenu } from './sync-menu.tsx'
import { useDriftCheck } from '../plan/use-drift-check.ts'
import { useTrigger } from '../plan/use-trigger.ts'
import { words } from '../words.ts'

const RunStrip = onDemand(async () => (await import('../runs/run-strip.tsx')).RunStrip, <Skeleton className="h-5" />)

/** What the sync is, how it is, and what can be done with it. */
export function SyncHeader({ sync, destination }: { sync: Sync; destination: Destination | undefined }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const drift = useDriftCheck(sync)
  return (
    <header className="grid gap-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <VendorIcon svg={destination?.icon ?? ''} size={32} />
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          {/* Of 255 characters, a name fills the screen of a phone; the settings below show the whole of it. */}
          <h1 className="text-xl font-semibold tracking-tight break-words max-sm:line-clamp-3">{sync.name}</h1>
          <p className="text-sm break-words text-soft">
            {sync.folder && sync.environment ? (
              <Link
                to="/p/$projectId/secrets/$environment"
                params={{ projectId: sync.projectId, environment: sync.environment.slug }}
                search={sync.folder.path === '/' ? {} : { path: sync.folder.path }}
                className="font-mono text-accent hover:underline"
              >
                {sync.environment.slug}:{sync.folder.path}
              </Link>
            ) : (
              words.syncHeader.deletedFolder
            )}{' '}
            → {destination?.title ?? sync.destination} · {sync.targetLabel}
          </p>
          {sync.description !== null && sync.description !== '' && (
            <p className="text-sm break-words text-soft max-sm:line-clamp-3">{sync.description}</p>
          )}
        </div>
        <div className="flex gap-2">
          <Button busy={drift.busy} denied={drift.denied} className="max-sm:hidden" onClick={drift.check}>
            {!drift.busy && <Radar aria-hidden className="size-4" />} {words.syncHeader.checkForDrift}
          </Button>
          <Button variant="primary" busy={busy} denied={denied} onClick={trigger}>
            {!busy && <Play aria-hidden className="size-4" />} {words.syncHeader.syncNow}
          </Button>
          <SyncMenu
            sync={sync}
            destination={destination}
            trigger={
              <Button aria-label={words.syncHeader.moreActions} className="w-9 px-0">
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          />
        </div>
      </div>
      <dl className="grid gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3">
        <Fact name={words.syncHeader.status}>
          <SyncStatusBadge status={sync.status} />
          <SyncReason sync={sync} />
        </Fact>
        <Fact name={words.syncHeader.lastRun}>
          {sync.lastRun === null ? (
            words.syncHeader.never
          ) : (
            <>
              <RunStateBadge state={sync.lastRun.state} />
              <Time iso={sync.lastRun.startedAt} />
            </>
          )}
        </Fact>
        <Fact name={words.syncHeader.autoSync}>
          {sync.autoSync ? words.syncHeader.onAfterEveryChange : words.syncHeader.offSyncManually}
        </Fact>
        <Fact name={words.syncHeader.lastDay} className="sm:col-span-3">
          <RunStrip sync={sync} />
        </Fact>
      </dl>
      <ProgressBar sync={sync} />
      <RemovalNotice sync={sync} />
      <LeavingNotice sync={sync} />
      <CheckNotice sync={sync} />
      <ImportNotice sync={sync} />
    </header>
  )
}

const Fact = ({ name, className, children }: { name: string; className?: string; children: ReactNode }) => (
  <div className={cn('grid content-start gap-1 bg-surface px-4 py-3', className)}>
    <dt className="text-xs text-soft">{name}</dt>
    <dd className="flex flex-wrap items-center gap-2 text-sm font-medium">{children}</dd>
  </div>
)
