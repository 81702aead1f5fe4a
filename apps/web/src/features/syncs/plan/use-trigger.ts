import { toast } from '../../../lib/toast.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** "Sync now", and why they may not. While a run is on, the server coalesces it into one more. */
export function useTrigger(sync: ListedSync) {
  const { id, name, destination } = sync
  const denied = useRunDenied(sync)
  const mutation = trpc.syncs.trigger.useMutation({
    onSuccess: () => toast.success(words.useTrigger.started(name)),
    onError: (error) => toast.error(words.useTrigger.failed(name, messageOf(error))),
    onSettled: () => markStale('syncs.trigger'),
  })
  return { trigger: () => mutation.mutate({ destination, syncId: id }), busy: mutation.isPending, denied }
}

/** Why they may not run this sync now. */
export function useRunDenied(sync: ListedSync): string | undefined {
  const notAllowed = useWhyNot(sync.projectId)('syncs.run', atSource(sync))
  return notAllowed ?? (sync.status === 'paused' ? words.useTrigger.paused : undefined)
}
