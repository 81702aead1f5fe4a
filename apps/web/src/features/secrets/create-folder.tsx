import { zodResolver } from '@hookform/resolvers/zod'
import { folderName } from '@keyferry/schemas'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'

export function CreateFolder({ place, onClose }: { place: FolderRef; onClose: () => void }) {
  const create = trpc.folders.create.useMutation()
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(z.object({ name: folderName })),
    defaultValues: { name: '' },
  })
  const submit = handleSubmit(async ({ name }) => {
    try {
      await create.mutateAsync({
        projectId: place.projectId,
        environment: place.environment,
        path: place.secretPath,
        name,
      })
      await markStale('folders.create')
      onClose()
    } catch (error) {
      setError('name', { message: messageOf(error) })
    }
  })
  return (
    <Dialog open onClose={onClose} title="New folder" description={`In ${place.environment}:${place.secretPath}`}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Folder name"
          placeholder="api"
          autoFocus
          error={formState.errors.name?.message}
          {...register('name')}
        />
        <Actions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={formState.isSubmitting}>
            Create folder
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
