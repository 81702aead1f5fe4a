import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Dialog } from '../../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { useWhyNot } from '../../../lib/session/rights.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const ConnectionForm = onDemand(
  async () => (await import('../../../components/fields/connection-form.tsx')).ConnectionForm,
)

/**
 * Replaces the credential of the sync's connection where its trouble is shown; its syncs then run. `named`: on a page
 * of several syncs.
 */
export function ReplaceCredential({ sync, named = false }: { sync: ListedSync; named?: boolean }) {
  const { projectId, connection } = sync
  const [open, setOpen] = useState(false)
  const denied = useWhyNot(projectId)('connections.manage')
  return (
    <>
      <Button
        size="sm"
        variant="primary"
        denied={denied}
        aria-label={named ? words.replaceCredential.named(connection.name) : undefined}
        onClick={() => setOpen(true)}
      >
        <KeyRound aria-hidden className="size-3.5" /> {words.replaceCredential.replaceCredential}
      </Button>
      {open && (
        <Dialog
          open
          onClose={() => setOpen(false)}
          title={words.replaceCredential.title(connection.name)}
          description={words.replaceCredential.text}
        >
          <Form sync={sync} onClose={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  )
}

function Form({
  sync: { projectId, destination: name, connection },
  onClose,
}: {
  sync: ListedSync
  onClose: () => void
}) {
  const {
    data: existing,
    error,
    refetch,
  } = trpc.connections.get.useQuery({
    destination: name,
    connectionId: connection.id,
  })
  const { data: destinations } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const destination = destinations?.find((each) => each.name === name)
  if (error) return <Failure what={words.replaceCredential.unreadable} error={error} retry={refetch} />
  if (!existing || !destination) return <SkeletonRows label={words.replaceCredential.loading} rows={2} />
  return (
    <ConnectionForm
      destination={destination}
      projectId={projectId}
      existing={existing}
      onCancel={onClose}
      onDone={() => {
        toast.success(words.replaceCredential.replaced(connection.name))
        onClose()
      }}
    />
  )
}
