import { zodResolver } from '@hookform/resolvers/zod'
import { folderName } from '@keyferry/schemas'
import { z } from 'zod'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { useNewForm } from '../../../lib/forms/new-form.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

export function CreateFolder({ place, onClose }: { place: FolderRef; onClose: () => void }) {
  const create = trpc.folders.create.useMutation()
  const { register, handleSubmit, setError, formState } = useNewForm({
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
    <Dialog
      open
      onClose={onClose}
      title={words.createFolder.title}
      description={words.createFolder.text(place.environment, place.secretPath)}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={words.createFolder.folderName}
          placeholder={words.createFolder.placeholder}
          autoFocus
          error={formState.errors.name?.message}
          {...register('name')}
        />
        <Actions>
          <Button onClick={onClose}>{words.createFolder.cancel}</Button>
          <Button type="submit" variant="primary" busy={formState.isSubmitting}>
            {words.createFolder.createFolder}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
