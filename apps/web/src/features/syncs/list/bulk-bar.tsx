import { onDemand } from '../../../components/on-demand.tsx'
import { Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { SelectionBar } from '../../../components/rows/selection-bar.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const PauseDialog = onDemand(async () => (await import('../pauses/pause-dialog.tsx')).PauseDialog)

/** What can be done with the selected syncs. */
export function BulkBar({ selected, onClear }: { selected: readonly ListedSync[]; onClear: () => void }) {
  const trigger = trpc.syncs.trigger.useMutation()
  const resume = trpc.syncs.resume.useMutation()
  const [pausing, setPausing] = useState(false)
  const paused = selected.filter(({ reason }) => reason?.code === 'paused' && reason.scope === 'sync')
  const [first, ...others] = selected

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
    <SelectionBar
      label={words.bulkBar.selectedSyncs}
      selected={first && words.bulkBar.selected(selected.length)}
      onClear={onClear}
    >
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
      {pausing && first && (
        <PauseDialog subject={{ scope: 'syncs', syncs: [first, ...others] }} onClose={() => setPausing(false)} />
      )}
    </SelectionBar>
  )
}
