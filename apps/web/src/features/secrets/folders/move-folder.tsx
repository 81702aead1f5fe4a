import { zodResolver } from '@hookform/resolvers/zod'
import { secretPath as pathSchema } from '@keyferry/schemas'
import { joinPath, parentOf } from '@keyferry/schemas/secret-path'
import { useNavigate } from '@tanstack/react-router'
import { Controller, useForm } from 'react-hook-form'
import { z } from 'zod'
import { FolderFields } from '../../../components/fields/folder-fields.tsx'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Folder, FolderRef } from '../../../lib/server/types.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { words } from '../words.ts'

const destination = z.object({ to: z.object({ environment: z.string().min(1), secretPath: pathSchema }) })

/** Into another folder, of this environment or another, with everything below it. */
export function MoveFolder({ place, folder, onClose }: { place: FolderRef; folder: Folder; onClose: () => void }) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const move = trpc.tree.moveFolder.useMutation()
  const { control, handleSubmit, watch, formState } = useForm({
    resolver: zodResolver(destination),
    defaultValues: { to: { environment, secretPath: parentOf(secretPath) } },
  })
  const chosen = watch('to')
  const there = joinPath(chosen.secretPath, folder.name)
  const stays = chosen.environment === environment && there === secretPath
  const submit = handleSubmit(async ({ to }) => {
    const moved = await move
      .mutateAsync({
        projectId,
        environment,
        folderId: folder.id,
        destinationEnvironment: to.environment,
        destinationPath: to.secretPath,
      })
      .catch(() => null)
    if (!moved) return
    onClose()
    await navigate(folderPage(projectId, to.environment, moved.path))
    await markStale('tree.moveFolder')
    toast.success(words.moveFolder.moved(to.environment, moved.path))
  })
  return (
    <Dialog open onClose={onClose} title={words.moveFolder.title} description={`${environment}:${secretPath}`}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={move.error} />
        <Controller
          control={control}
          name="to"
          render={({ field: { value, onChange } }) => (
            <FolderFields
              projectId={projectId}
              value={value}
              onChange={onChange}
              path={{ label: words.moveFolder.intoFolder, needs: 'secrets.write' }}
            />
          )}
        />
        <p className="text-sm text-soft">
          {stays ? (
            words.moveFolder.unchanged
          ) : (
            <>
              {words.moveFolder.newPath}{' '}
              <span className="font-mono break-all">
                {chosen.environment}:{there}
              </span>
              {words.moveFolder.text}
            </>
          )}
        </p>
        <Actions>
          <Button onClick={onClose}>{words.moveFolder.cancel}</Button>
          <Button type="submit" variant="primary" disabled={stays} busy={formState.isSubmitting}>
            {words.moveFolder.title}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
