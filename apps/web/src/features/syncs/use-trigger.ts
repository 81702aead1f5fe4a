import { toast } from '../../lib/toast.ts'
import { messageOf } from '../../lib/errors.ts'
import { atSource, useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'

/** "Sync now", and why they may not. While a run is on, the server coalesces it into one more. */
export function useTrigger(sync: Sync) {
  const { id, name, destination, projectId } = sync
  const notAllowed = useWhyNot(projectId)('syncs.run', atSource(sync))
  const denied = notAllowed ?? (sync.status === 'paused' ? 'It is paused. Resume it first.' : undefined)
  const mutation = trpc.syncs.trigger.useMutation({
    onSuccess: () => toast.success(`${name} is on its way.`),
    onError: (error) => toast.error(`${name} could not be started: ${messageOf(error)}`),
    onSettled: () => markStale('syncs.trigger'),
  })
  return { trigger: () => mutation.mutate({ destination, syncId: id }), busy: mutation.isPending, denied }
}
