import { onDemand } from '../../components/on-demand.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { toast } from '../../lib/toast.ts'
import type { Connection, Destination } from '../../lib/server/types.ts'
import { words } from './words.ts'

const AllowedProjects = onDemand(async () => (await import('./allowed-projects.tsx')).AllowedProjects)
const AllowedTargets = onDemand(async () => (await import('./allowed-targets.tsx')).AllowedTargets)
const ConnectionForm = onDemand(
  async () => (await import('../../components/fields/connection-form.tsx')).ConnectionForm,
)
const DeleteConnection = onDemand(async () => (await import('./delete-connection.tsx')).DeleteConnection)
const EditDetails = onDemand(async () => (await import('./edit-details.tsx')).EditDetails)

export type ConnectionDialog = 'details' | 'replace' | 'projects' | 'targets' | 'delete'

interface Props {
  open: ConnectionDialog | undefined
  /** Undefined: at the instance. */
  projectId: string | undefined
  connection: Connection
  /** Those that use connections of this kind. */
  destinations: readonly Destination[]
  onClose: () => void
  /** Before lists are fetched again. */
  onDeleted?: (() => Promise<void>) | undefined
}

/** What is changed about a connection, one at a time. */
export function ConnectionDialogs({ open, projectId, connection, destinations, onClose, onDeleted }: Props) {
  const [destination] = destinations
  const { name } = connection
  switch (open) {
    case 'details':
      return <EditDetails connection={connection} onClose={onClose} />
    case 'projects':
      return <AllowedProjects connection={connection} onClose={onClose} />
    case 'targets':
      return <AllowedTargets connection={connection} destinations={destinations} onClose={onClose} />
    case 'delete':
      return (
        <DeleteConnection
          connection={connection}
          title={destination?.connection.title ?? connection.destination}
          onClose={onClose}
          onDeleted={onDeleted}
        />
      )
    case 'replace':
      return (
        destination && (
          <Dialog
            open
            onClose={onClose}
            title={words.connectionCard.replaceTitle(name)}
            description={words.connectionCard.replaceText}
          >
            <ConnectionForm
              destination={destination}
              projectId={projectId}
              existing={connection}
              onCancel={onClose}
              onDone={() => {
                toast.success(words.connectionCard.replaced(name))
                onClose()
              }}
            />
          </Dialog>
        )
      )
    case undefined:
      return null
  }
}
