import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Tests the stored credential at the provider. What it says against it is shown with the connection. */
export function useCheck({ id, name }: Connection) {
  const check = trpc.connections.check.useMutation({
    onSuccess: ({ problem }) => {
      if (problem === null) toast.success(words.connectionCard.works(name))
    },
    onError: (error) => toast.error(`${name}: ${messageOf(error)}`),
    onSettled: () => markStale('connections.check'),
  })
  return { check: () => check.mutate({ connectionId: id }), busy: check.isPending }
}
