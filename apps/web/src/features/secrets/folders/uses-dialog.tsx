import { Failure } from '../../../components/failure.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { UsesList } from '../../../components/deletion/uses-list.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { useOnNavigate } from '../../../lib/pages/use-on-navigate.ts'
import { words } from '../words.ts'

/** The reference graph around a secret, or around a folder with everything below it. */
export function UsesDialog({
  place,
  secretKey,
  onClose,
}: {
  place: FolderRef
  secretKey?: string
  onClose: () => void
}) {
  useOnNavigate(onClose)
  const { projectId, environment, secretPath } = place
  const uses = trpc.tree.uses.useQuery({ ...place, key: secretKey }, { staleTime: 0 })
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.usesDialog.title(secretKey ?? secretPath)}
      description={secretKey === undefined ? words.usesDialog.in(environment) : `${environment}:${secretPath}`}
    >
      {uses.error ? (
        <Failure what={words.usesDialog.unreadable} error={uses.error} retry={uses.refetch} />
      ) : uses.data ? (
        <UsesList projectId={projectId} uses={uses.data} />
      ) : (
        <SkeletonRows label={words.usesDialog.loading} rows={3} />
      )}
      <Actions>
        <Button onClick={onClose}>{words.usesDialog.done}</Button>
      </Actions>
    </Dialog>
  )
}
