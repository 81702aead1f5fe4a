import { zodResolver } from '@hookform/resolvers/zod'
import { updateFolder } from '@keyferry/schemas'
import { parentOf } from '@keyferry/schemas/secret-path'
import { useNavigate } from '@tanstack/react-router'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Folder, FolderRef } from '../../../lib/server/types.ts'
import { useStoredForm } from '../../../lib/forms/stored-form.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { words } from '../words.ts'

/** Its name and description. References and imports follow, or the server says what prevents that. */
export function RenameFolder({ place, folder, onClose }: { place: FolderRef; folder: Folder; onClose: () => void }) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const update = trpc.folders.update.useMutation()
  const { register, handleSubmit, formState, isTyped, typedOf } = useStoredForm(
    { name: folder.name, description: folder.description ?? '' },
    zodResolver(updateFolder.pick({ name: true, description: true })),
  )
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    const renamed = await update
      .mutateAsync({
        projectId,
        environment,
        path: parentOf(secretPath),
        folderId: folder.id,
        ...typedOf(input),
        name: input.name,
      })
      .catch(() => null)
    if (!renamed) return
    onClose()
    await navigate(folderPage(projectId, environment, renamed.path))
    await markStale('folders.update')
    toast.success(words.renameFolder.renamed(environment, renamed.path))
  })
  return (
    <Dialog open onClose={onClose} title={words.renameFolder.title} description={`${environment}:${secretPath}`}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={update.error} />
        <TextField
          label={words.renameFolder.folderName}
          help={words.renameFolder.help}
          spellCheck={false}
          autoFocus
          error={errors.name?.message}
          {...register('name')}
        />
        <TextField
          label={words.renameFolder.description}
          optional
          error={errors.description?.message}
          {...register('description')}
        />
        <Actions>
          <Button onClick={onClose}>{words.renameFolder.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {words.renameFolder.saveFolder}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
