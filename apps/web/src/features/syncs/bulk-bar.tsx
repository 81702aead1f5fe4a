import { onDemand } from '../../components/on-demand.tsx'
import { NotLoadedOver } from '../../components/ui/loaded-later.tsx'
import { Pause, Play, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { ListedSync } from '../../lib/types.ts'
import { words } from './words.ts'

const PauseDialog = onDemand(async () => (await import('./pause-dialog.tsx')).PauseDialog, null, NotLoadedOver)

/** What can be done with the selected syncs, in sight at the foot of the screen. */
export function BulkBar({ selected, onClear }: { selected: readonly ListedSync[]; onClear: () => void }) {
  const trigger = trpc.syncs.trigger.useMutation()
  const resume = trpc.syncs.resume.useMutation()
  const [pausing, setPausing] = useState(false)
  const paused = selected.filter(({ reason }) => reason?.code === 'paused' && reason.scope === 'sync')
  const [first, ...others] = selected
  if (!first) return null

  const each = async (
    syncs: readonly ListedSync[],
    act: (sync: ListedSync) => Promise<unknown>,
    done: (syncs: number) => string,
  ) => {
    const results = await Promise.allSettled(syncs.map(act))
    await markStale('syncs.trigger')
    const refused = results.flatMap((result, index) =>
      result.status === 'rejected' ? [`${syncs[index]?.name ?? ''}: ${messageOf(result.reason)}`] : [],
    )
    if (refused.length < syncs.length) toast.success(done(syncs.length - refused.length))
    if (refused.length > 0) toast.error(refused.slice(0, 3).join(' '))
  }
  const at = ({ destination, id: syncId }: ListedSync) => ({ destination, syncId })
  return (
    <div
      role="toolbar"
      aria-label={words.bulkBar.selectedSyncs}
      className="sticky bottom-4 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-3 py-2 shadow-float"
    >
      <span className="text-sm font-medium tabular-nums">{words.bulkBar.selected(selected.length)}</span>
      <Button
        size="sm"
        busy={trigger.isPending}
        onClick={() => void each(selected, (sync) => trigger.mutateAsync(at(sync)), words.bulkBar.started)}
      >
        {!trigger.isPending && <Play aria-hidden className="size-3.5" />} {words.bulkBar.syncNow}
      </Button>
      <Button size="sm" onClick={() => setPausing(true)}>
        <Pause aria-hidden className="size-3.5" /> {words.bulkBar.pause}
      </Button>
      {paused.length > 0 && (
        <Button
          size="sm"
          busy={resume.isPending}
          onClick={() => void each(paused, (sync) => resume.mutateAsync(at(sync)), words.bulkBar.resumed)}
        >
          {words.bulkBar.resume(paused.length)}
        </Button>
      )}
      <Button size="icon" variant="ghost" aria-label={words.bulkBar.clearSelection} onClick={onClear}>
        <X aria-hidden className="size-4" />
      </Button>
      {pausing && (
        <PauseDialog subject={{ scope: 'syncs', syncs: [first, ...others] }} onClose={() => setPausing(false)} />
      )}
    </div>
  )
}
