import { zodResolver } from '@hookform/resolvers/zod'
import { secretKey } from '@keyferry/schemas'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Place, SecretRow } from '../../lib/types.ts'

const details = z.object({ key: secretKey, comment: z.string().max(4096, 'Comment must be at most 4,096 characters') })

export function DetailsDialog({ place, row, onClose }: { place: Place; row: SecretRow; onClose: () => void }) {
  const utils = trpc.useUtils()
  const update = trpc.secrets.update.useMutation()
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(details),
    defaultValues: { key: row.key, comment: row.comment },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ key, comment }) => {
    try {
      await update.mutateAsync({
        ...place,
        secretName: row.key,
        secretComment: comment,
        newSecretName: key === row.key ? undefined : key,
      })
      await utils.secrets.rows.invalidate(place)
      onClose()
    } catch (error) {
      setError('key', { message: messageOf(error) })
    }
  })
  return (
    <Dialog open onClose={onClose} title="Rename or comment">
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label="Key"
          help="Syncs write the new name and remove the old one, as their deletion policy says."
          className="[&_input]:font-mono"
          error={errors.key?.message}
          {...register('key')}
        />
        <TextAreaField label="Comment" optional error={errors.comment?.message} {...register('comment')} />
        <Actions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Save
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
