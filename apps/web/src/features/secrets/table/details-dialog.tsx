import { markStale } from '../../../lib/server/stale.ts'
import { zodResolver } from '@hookform/resolvers/zod'
import { secretKey, updateSecret } from '@keyferry/schemas'
import { Controller } from 'react-hook-form'
import { z } from 'zod'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { TextAreaField, TextField } from '../../../components/ui/field.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { useStoredForm } from '../../../lib/forms/stored-form.ts'
import { MetadataFields } from './metadata-fields.tsx'
import { TagsField } from '../selection/tags-field.tsx'
import { useEdited } from '../values/edited.ts'
import { words } from '../words.ts'

const { comment, metadata, tagIds } = updateSecret.shape
const details = z.object({
  key: secretKey,
  comment: comment.unwrap(),
  tags: tagIds.unwrap(),
  metadata: metadata.unwrap(),
  isLiteral: z.boolean(),
})

/** Everything about a secret but its value. */
export function DetailsDialog({ place, row, onClose }: { place: FolderRef; row: SecretRow; onClose: () => void }) {
  const update = trpc.secrets.update.useMutation()
  const { register, control, handleSubmit, formState, isTyped, typedOf } = useStoredForm(
    {
      key: row.key,
      comment: row.comment,
      tags: row.tags.map(({ id }) => id),
      metadata: row.metadata,
      isLiteral: row.isLiteral,
    },
    zodResolver(details),
  )
  const { errors, isSubmitting } = formState
  useEdited(place, [row.key], isTyped)
  const submit = handleSubmit(async (input) => {
    const { key: newKey, tags: tagIds, ...typed } = typedOf(input)
    const saved = await update.mutateAsync({ ...place, key: row.key, ...typed, newKey, tagIds }).catch(() => null)
    if (!saved) return
    await markStale('secrets.update')
    onClose()
  })
  return (
    <Dialog open onClose={onClose} title={words.detailsDialog.title(row.key)}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={update.error} />
        <TextField
          label={words.detailsDialog.key}
          help={words.detailsDialog.keyHelp}
          className="[&_input]:font-mono"
          spellCheck={false}
          error={errors.key?.message}
          {...register('key')}
        />
        <TextAreaField
          label={words.detailsDialog.comment}
          optional
          error={errors.comment?.message}
          {...register('comment')}
        />
        <Controller
          control={control}
          name="tags"
          render={({ field: { value, onChange } }) => (
            <TagsField projectId={place.projectId} value={value} onChange={onChange} />
          )}
        />
        <Controller
          control={control}
          name="metadata"
          render={({ field: { value, onChange } }) => (
            <MetadataFields
              value={value.map(({ isEncrypted = false, value: text = '', key }) => ({ key, value: text, isEncrypted }))}
              onChange={onChange}
              problemOf={(index) => errors.metadata?.[index]?.key?.message ?? errors.metadata?.[index]?.value?.message}
            />
          )}
        />
        <Controller
          control={control}
          name="isLiteral"
          render={({ field: { value, onChange } }) => (
            <SwitchField
              label={words.detailsDialog.literal}
              help={words.detailsDialog.literalHelp}
              checked={value}
              onChange={onChange}
            />
          )}
        />
        <Actions>
          <Button onClick={onClose}>{words.detailsDialog.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {words.detailsDialog.save}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
