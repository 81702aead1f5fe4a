import { Link, useNavigate } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { Counts } from '../../../components/syncs/counts.tsx'
import { SyncReason, SyncStatusBadge } from '../../../components/syncs/sync-status.tsx'
import { Time } from '../../../components/time.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import { VendorIcon } from '../../../components/vendor-icon.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import { cn } from '../../../lib/cn.ts'
import { useProgress } from '../../../lib/live/live.ts'
import { rowClick } from '../../../lib/focus/row-click.ts'
import type { Destination, ListedSync } from '../../../lib/server/types.ts'
import { RowAction } from './row-action.tsx'
import { SyncMenu } from '../page/sync-menu.tsx'
import { words } from '../words.ts'

interface Props extends RowProps {
  sync: ListedSync
  destination: Destination | undefined
  isSelected: boolean
  onSelect: (on: boolean) => void
}

export function SyncRow({ sync, destination, isSelected, onSelect, index, measure }: Props) {
  const navigate = useNavigate()
  const progress = useProgress(sync.id)
  const { id, name, projectId, lastRun } = sync
  const page = {
    to: '/p/$projectId/syncs/$destination/$syncId',
    params: { projectId, destination: sync.destination, syncId: id },
  } as const
  const source = `${sync.environment?.slug ?? '?'}:${sync.folder?.path ?? words.syncRow.deletedFolder}`
  return (
    <Tr
      ref={measure}
      data-index={index}
      onClick={rowClick(() => void navigate(page))}
      aria-label={name}
      className={cn(
        'cursor-pointer max-sm:grid-cols-[2rem_minmax(0,1fr)_auto_auto] max-sm:py-1',
        sync.status === 'needs-attention' && 'bg-bad-tint/40',
      )}
    >
      <Td className="w-8">
        <Checkbox label={words.syncRow.select(name)} checked={isSelected} onChange={onSelect} />
      </Td>
      <RowTh className="max-w-72 sm:min-w-40 max-sm:col-span-2 max-sm:max-w-none">
        <Link
          {...page}
          data-shortcut="Enter"
          className="line-clamp-2 font-semibold wrap-anywhere text-ink hover:text-accent hover:underline"
        >
          {name}
        </Link>
        {sync.description !== null && sync.description !== '' && (
          <p className="truncate text-xs text-soft">{sync.description}</p>
        )}
        <p className="line-clamp-2 text-xs wrap-anywhere text-soft md:hidden">{sync.targetLabel}</p>
      </RowTh>
      <Td className="max-w-96 min-w-28 font-mono text-xs text-soft max-lg:hidden">
        <span className="line-clamp-2 break-all">{source}</span>
      </Td>
      <Td className="max-w-96 min-w-44 max-md:hidden">
        <span className="flex items-center gap-2">
          <VendorIcon svg={destination?.icon ?? ''} size={16} />
          <span className="grid min-w-0">
            <span className="font-medium">{destination?.title ?? sync.destination}</span>
            <span className="line-clamp-2 text-xs wrap-anywhere text-soft">{sync.targetLabel}</span>
          </span>
        </span>
      </Td>
      <Td className="max-sm:col-start-2 max-sm:row-start-2 max-sm:pt-0">
        <span className="flex flex-wrap items-center gap-1">
          <SyncStatusBadge status={sync.status} />
          {!sync.autoSync && <Badge>{words.syncRow.manual}</Badge>}
          {sync.leaving !== null && <Badge tone="warn">{words.syncRow.moving}</Badge>}
          {sync.removal === 'delete' && <Badge tone="warn">{words.syncRow.beingDeleted}</Badge>}
        </span>
        {!isPausedWithAll(sync) && <SyncReason sync={sync} />}
        {progress !== undefined && progress.total > 0 && (
          <span className="text-xs text-soft tabular-nums">{words.syncRow.text(progress.done, progress.total)}</span>
        )}
      </Td>
      <Td className="text-soft max-md:hidden">
        {lastRun === null ? (
          words.syncRow.never
        ) : (
          <>
            <Time iso={lastRun.startedAt} />
            {lastRun.counts !== null && (
              <span className="block">
                <Counts counts={lastRun.counts} isPlanned={lastRun.state === 'blocked'} />
              </span>
            )}
          </>
        )}
      </Td>
      {/* On a phone, the menu beside the name and the action beside the state. */}
      <Td className="w-10 max-sm:contents">
        <span className="flex items-center justify-end gap-1 max-sm:contents">
          <span className="max-sm:col-span-2 max-sm:col-start-3 max-sm:row-start-2 max-sm:justify-self-end max-sm:pr-2">
            <RowAction sync={sync} />
          </span>
          <SyncMenu
            sync={sync}
            destination={destination}
            trigger={
              <Button size="icon" variant="ghost" aria-label={words.syncRow.moreForNamed(name)}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          />
        </span>
      </Td>
    </Tr>
  )
}

/** The page says that once for all. */
const isPausedWithAll = ({ reason }: ListedSync): boolean => reason?.code === 'paused' && reason.scope !== 'sync'
