import { Link } from '@tanstack/react-router'
import { Confirm } from '../../components/confirm.tsx'
import { Failure } from '../../components/failure.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  connection: Connection
  /** Of the provider. */
  title: string
  onClose: () => void
  onDeleted: (() => Promise<void>) | undefined
}

/** Asks before a connection is deleted; while syncs use it, names them instead. */
export function DeleteConnection({ connection: { id, destination, name }, title, onClose, onDeleted }: Props) {
  const remove = trpc.connections.delete.useMutation()
  const syncs = trpc.syncs.ofConnection.useQuery({ connectionId: id })
  const uses = syncs.data ?? []
  return (
    <Confirm
      title={words.connectionCard.deleteTitle(name)}
      label={words.connectionCard.deleteConnection}
      ready={syncs.data?.length === 0}
      onConfirm={async () => {
        await remove.mutateAsync({ destination, connectionId: id })
        await onDeleted?.()
        await markStale('connections.delete')
      }}
      onClose={onClose}
    >
      {syncs.error ? (
        <Failure what={words.connectionSyncs.unreadable} error={syncs.error} retry={syncs.refetch} />
      ) : !syncs.data ? (
        <Skeleton className="h-10" />
      ) : uses.length === 0 ? (
        <p>{words.connectionDeletion.erased(title)}</p>
      ) : (
        <>
          <p>{words.connectionDeletion.inUse(uses.length)}</p>
          <ul className="grid max-h-60 gap-1 overflow-y-auto">
            {uses.map((sync) => (
              <li key={sync.id}>
                <Link
                  to="/p/$projectId/syncs/$destination/$syncId"
                  params={{ projectId: sync.projectId, destination: sync.destination, syncId: sync.id }}
                  search={{ tab: 'settings' }}
                  className="text-accent underline underline-offset-2"
                >
                  {sync.name}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Confirm>
  )
}
