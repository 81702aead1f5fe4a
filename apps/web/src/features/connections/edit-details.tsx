import { zodResolver } from '@hookform/resolvers/zod'
import { connectionName, description } from '@keyferry/schemas'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Name and description of a connection. Syncs that use it are not run by that. */
export function EditDetails({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const update = trpc.connections.update.useMutation()
  const { typedOf, ...form } = useStoredForm(
    { name: connection.name, description: connection.description ?? '' },
    zodResolver(z.object({ name: connectionName, description: description.transform((text) => text || null) })),
  )
  const { errors, isSubmitting } = form.formState
  const save = form.handleSubmit(async (input) => {
    try {
      const { destination, id: connectionId } = connection
      await update.mutateAsync({ destination, connectionId, ...typedOf(input) })
      await markStale('connections.update')
      toast.success(words.editDetails.saved(input.name))
      onClose()
    } catch (error) {
      form.setError('name', { message: messageOf(error) })
    }
  })
  return (
    <Dialog open onClose={onClose} title={words.editDetails.title(connection.name)}>
      <form className="grid gap-4" onSubmit={(event) => void save(event)}>
        <TextField label={words.editDetails.connectionName} error={errors.name?.message} {...form.register('name')} />
        <TextAreaField
          label={words.editDetails.description}
          optional
          error={errors.description?.message}
          {...form.register('description')}
        />
        <Actions>
          <Button onClick={onClose}>{words.editDetails.cancel}</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.editDetails.save}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
