import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection, Destination } from '../../lib/server/types.ts'

export interface Stored {
  /** The project it is created in; undefined: at the instance. It is for all projects when its creator may do that. */
  projectId: string | undefined
  destination: Destination
  /** When set, only the credential of this one is replaced. */
  existing?: Connection | undefined
}

/** Creates a connection, or replaces the credential of one. The server tests it at the vendor before it stores it. */
export function useStoreConnection({ projectId, destination: { connection }, existing }: Stored) {
  const create = trpc.connections.create.useMutation()
  const update = trpc.connections.update.useMutation()
  const isForAll = useWhyNot(projectId ?? '')('connections.manage', { kind: 'organization' }) === undefined
  return async (name: string, sent: { method: string; credentials: Record<string, unknown> }): Promise<Connection> => {
    const stored = existing
      ? await update.mutateAsync({ destination: existing.destination, connectionId: existing.id, ...sent })
      : await create.mutateAsync({
          destination: connection.app,
          name,
          projectId: isForAll ? null : (projectId ?? null),
          ...sent,
        })
    await markStale(existing ? 'connections.update' : 'connections.create')
    return stored
  }
}
