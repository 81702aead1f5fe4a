import { onDemand } from '../../components/on-demand.tsx'
import { NotLoadedOver } from '../../components/ui/loaded-later.tsx'
import { Copy, CopyPlus, Download, Ellipsis, Pause, Play, Radar, Trash2, Zap, ZapOff } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { toast } from '../../lib/toast.ts'
import { OpenTarget } from '../../components/open-target.tsx'
import { RunStateBadge } from '../../components/run-state.tsx'
import { SyncReason, SyncStatusBadge } from '../../components/sync-status.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { cn } from '../../lib/cn.ts'
import { messageOf } from '../../lib/errors.ts'
import { atSource, useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination, Sync } from '../../lib/types.ts'
import { CheckNotice } from './check-notice.tsx'
import { ImportNotice } from './import-notice.tsx'
import { LeavingNotice } from './leaving-notice.tsx'
import { ProgressBar } from './progress-bar.tsx'
import { RemovalNotice } from './removal-notice.tsx'
import { usePauses } from './use-pauses.ts'
import { useTrigger } from './use-trigger.ts'
import { words } from './words.ts'

const CloneDialog = onDemand(async () => (await import('./clone-dialog.tsx')).CloneDialog, null, NotLoadedOver)
const RunStrip = onDemand(async () => (await import('./run-strip.tsx')).RunStrip, <Skeleton className="h-5" />)
const PauseDialog = onDemand(async () => (await import('./pause-dialog.tsx')).PauseDialog, null, NotLoadedOver)

/** What the sync is, how it is, and what can be done with it. */
export function SyncHeader({
  sync,
  destination,
  onImport,
  onRemove,
}: {
  sync: Sync
  destination: Destination | undefined
  onImport: () => void
  onRemove: () => void
}) {
  const { trigger, busy, denied } = useTrigger(sync)
  const [pausing, setPausing] = useState(false)
  const [cloning, setCloning] = useState(false)
  const pauses = usePauses({ scope: 'syncs', syncs: [sync] })
  const check = trpc.syncs.checkDrift.useMutation({
    onSuccess: () => toast.success(words.syncHeader.checkingDestination),
    onError: (error) => toast.error(words.syncHeader.couldNotBeChecked(sync.name, messageOf(error))),
    onSettled: () => markStale('syncs.checkDrift'),
  })
  const update = trpc.syncs.update.useMutation({
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => markStale('syncs.update'),
  })
  const managed = useWhyNot(sync.projectId)('syncs.manage', atSource(sync)) === undefined
  const canImport = destination?.canImportSecrets === true && sync.folder !== null
  const auto = sync.autoSync
  return (
    <header className="grid gap-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <VendorIcon svg={destination?.icon ?? ''} size={32} />
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <h1 className="text-xl font-semibold tracking-tight break-words">{sync.name}</h1>
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
            <p className="text-sm text-soft">{sync.description}</p>
          )}
        </div>
        <div className="flex gap-2">
          <Button
            busy={check.isPending}
            denied={denied}
            className="max-sm:hidden"
            onClick={() => check.mutate({ destination: sync.destination, syncId: sync.id })}
          >
            {!check.isPending && <Radar aria-hidden className="size-4" />} {words.syncHeader.checkForDrift}
          </Button>
          <Button variant="primary" busy={busy} denied={denied} onClick={trigger}>
            {!busy && <Play aria-hidden className="size-4" />} {words.syncHeader.syncNow}
          </Button>
          <Menu
            trigger={
              <Button aria-label={words.syncHeader.moreActions} className="w-9 px-0">
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            <OpenTarget sync={sync} destination={destination} />
            <MenuItem
              onSelect={() =>
                void navigator.clipboard.writeText(sync.id).then(() => toast.success(words.syncHeader.copied))
              }
            >
              <Copy aria-hidden className="size-4" /> {words.syncHeader.copySyncId}
            </MenuItem>
            <MenuItem
              className="sm:hidden"
              onSelect={() => check.mutate({ destination: sync.destination, syncId: sync.id })}
            >
              <Radar aria-hidden className="size-4" /> {words.syncHeader.checkForDrift}
            </MenuItem>
            {pauses.denied === undefined &&
              (isPausedAlone(sync) ? (
                <MenuItem onSelect={() => void pauses.resume()}>
                  <Play aria-hidden className="size-4" /> {words.syncHeader.resume}
                </MenuItem>
              ) : (
                <MenuItem onSelect={() => setPausing(true)}>
                  <Pause aria-hidden className="size-4" /> {words.syncHeader.pause}
                </MenuItem>
              ))}
            {managed && (
              <>
                <MenuItem
                  onSelect={() => update.mutate({ destination: sync.destination, syncId: sync.id, autoSync: !auto })}
                >
                  {auto ? <ZapOff aria-hidden className="size-4" /> : <Zap aria-hidden className="size-4" />}
                  {auto ? words.syncHeader.turnOffAutoSync : words.syncHeader.turnOnAutoSync}
                </MenuItem>
                {canImport && (
                  <MenuItem onSelect={onImport}>
                    <Download aria-hidden className="size-4" /> {words.syncHeader.importSecrets}
                  </MenuItem>
                )}
                {destination && (
                  <MenuItem onSelect={() => setCloning(true)}>
                    <CopyPlus aria-hidden className="size-4" /> {words.syncHeader.clone}
                  </MenuItem>
                )}
                <MenuLine />
                <MenuItem danger onSelect={onRemove}>
                  <Trash2 aria-hidden className="size-4" /> {words.syncHeader.removeOrDelete}
                </MenuItem>
              </>
            )}
          </Menu>
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
          {auto ? words.syncHeader.onAfterEveryChange : words.syncHeader.offSyncManually}
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
      {cloning && destination && (
        <CloneDialog sync={sync} destination={destination} onClose={() => setCloning(false)} />
      )}
      {pausing && <PauseDialog subject={{ scope: 'syncs', syncs: [sync] }} onClose={() => setPausing(false)} />}
    </header>
  )
}

const isPausedAlone = ({ reason }: Sync): boolean => reason?.code === 'paused' && reason.scope === 'sync'

const Fact = ({ name, className, children }: { name: string; className?: string; children: ReactNode }) => (
  <div className={cn('grid content-start gap-1 bg-surface px-4 py-3', className)}>
    <dt className="text-xs text-soft">{name}</dt>
    <dd className="flex flex-wrap items-center gap-2 text-sm font-medium">{children}</dd>
  </div>
)
