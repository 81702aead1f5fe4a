import { useState, type ReactNode } from 'react'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection, Destination } from '../../lib/server/types.ts'
import { ConnectionDialogs, type ConnectionDialog } from './connection-dialogs.tsx'
import { placeOf } from './place-of.ts'
import { useCheck } from './use-check.ts'

export interface ConnectionProps {
  /** Undefined: at the instance. */
  projectId: string | undefined
  connection: Connection
  /** Those that use connections of this kind. */
  destinations: readonly Destination[]
}

/** What is done with a connection, in a list and on its page. `onDeleted`: before lists are fetched again. */
export function useConnection(props: ConnectionProps, onDeleted?: () => Promise<void>) {
  const { projectId, connection } = props
  const [dialog, setDialog] = useState<ConnectionDialog>()
  const { data: projects = [] } = trpc.projects.list.useQuery()
  const { check, busy } = useCheck(connection)
  const denied = useWhyNot(projectId ?? '')('connections.manage', placeOf(connection))
  const dialogs: ReactNode = (
    <ConnectionDialogs {...props} open={dialog} onClose={() => setDialog(undefined)} onDeleted={onDeleted} />
  )
  return { projects, check, busy, denied, open: setDialog, dialogs }
}
