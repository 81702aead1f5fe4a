import { toast } from '../../lib/toast.ts'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'

/** "Sync now". While a run is on, the server coalesces it into one more. */
export function useTrigger({ id, name, destination }: Pick<Sync, 'id' | 'name' | 'destination'>) {
  const utils = trpc.useUtils()
  const mutation = trpc.syncs.trigger.useMutation({
    onSuccess: () => toast.success(`${name} is on its way.`),
    onError: (error) => toast.error(`${name} could not be started: ${messageOf(error)}`),
    onSettled: () => utils.syncs.invalidate(),
  })
  return { trigger: () => mutation.mutate({ destination, syncId: id }), busy: mutation.isPending }
}
