import { markStale } from '../../../lib/server/stale.ts'
import { zodResolver } from '@hookform/resolvers/zod'
import { moveSecrets, secretPath as pathSchema } from '@keyferry/schemas'
import { Controller, useForm } from 'react-hook-form'
import { z } from 'zod'
import { FolderFields } from '../../../components/fields/folder-fields.tsx'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { useEdited } from '../values/edited.ts'
import { words } from '../words.ts'

const destination = moveSecrets
  .pick({ shouldOverwrite: true })
  .extend({ to: z.object({ environment: z.string().min(1), secretPath: pathSchema }) })

interface Props {
  place: FolderRef
  rows: readonly SecretRow[]
  onDone: () => void
  onClose: () => void
}

/** Into another folder, of this environment or another. */
export function MoveSecrets({ place, rows, onDone, onClose }: Props) {
  const { projectId, environment, secretPath } = place
  const what = rows.length === 1 ? (rows[0]?.key ?? '') : words.moveSecrets.secrets(rows.length)
  const move = trpc.tree.moveSecrets.useMutation()
  useEdited(
    place,
    rows.map(({ key }) => key),
  )
  const { control, handleSubmit, watch, formState } = useForm({
    resolver: zodResolver(destination),
    defaultValues: { to: { environment, secretPath }, shouldOverwrite: false },
  })
  const chosen = watch('to')
  const stays = chosen.environment === environment && chosen.secretPath === secretPath
  const submit = handleSubmit(async ({ to, shouldOverwrite }) => {
    const moved = await move
      .mutateAsync({
        projectId,
        sourceEnvironment: environment,
        sourceSecretPath: secretPath,
        destinationEnvironment: to.environment,
        destinationSecretPath: to.secretPath,
        secretIds: rows.map(({ id }) => id),
        shouldOverwrite,
      })
      .catch(() => null)
    if (!moved) return
    onDone()
    onClose()
    await markStale('tree.moveSecrets')
    toast.success(words.moveSecrets.moved(what, to.environment, to.secretPath))
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.moveSecrets.title(what)}
      description={words.moveSecrets.from(environment, secretPath)}
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={move.error} />
        {rows.length > 1 && (
          <p className="max-h-32 overflow-y-auto font-mono text-sm wrap-anywhere">
            {rows.map(({ key }) => key).join(', ')}
          </p>
        )}
        <Controller
          control={control}
          name="to"
          render={({ field: { value, onChange } }) => (
            <FolderFields
              projectId={projectId}
              value={value}
              onChange={onChange}
              path={{ label: words.moveSecrets.intoFolder, needs: 'secrets.write' }}
            />
          )}
        />
        <Controller
          control={control}
          name="shouldOverwrite"
          render={({ field: { value, onChange } }) => (
            <SwitchField
              label={words.moveSecrets.overwriteExistingKeys}
              help={words.moveSecrets.overwriteHelp}
              checked={value ?? false}
              onChange={onChange}
            />
          )}
        />
        <p className="text-sm text-soft">{words.moveSecrets.consequence(rows.length)}</p>
        <Actions>
          <Button onClick={onClose}>{words.moveSecrets.cancel}</Button>
          <Button type="submit" variant="primary" disabled={stays} busy={formState.isSubmitting}>
            {words.moveSecrets.title(what)}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
