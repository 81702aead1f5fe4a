import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { useRunDenied } from './use-trigger.ts'
import { words } from '../words.ts'

/** "Check for drift", and why they may not. */
export function useDriftCheck(sync: ListedSync) {
  const { id: syncId, name, destination } = sync
  const mutation = trpc.syncs.checkDrift.useMutation({
    onSuccess: () => toast.success(words.useDriftCheck.checking),
    onError: (error) => toast.error(words.useDriftCheck.failed(name, messageOf(error))),
    onSettled: () => markStale('syncs.checkDrift'),
  })
  return {
    check: () => mutation.mutate({ destination, syncId }),
    busy: mutation.isPending,
    denied: useRunDenied(sync),
  }
}
