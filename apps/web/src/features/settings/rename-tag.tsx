import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { markStale } from '../../lib/server/stale.ts'
import { zodResolver } from '@hookform/resolvers/zod'
import { updateTag } from '@keyferry/schemas'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Tag } from '../../lib/server/types.ts'
import { words } from './words.ts'

export function RenameTag({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const update = trpc.tags.update.useMutation()
  const { register, handleSubmit, formState, isTyped, typedOf } = useStoredForm(
    { name: tag.name, slug: tag.slug },
    zodResolver(updateTag.pick({ name: true, slug: true })),
  )
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    const saved = await update
      .mutateAsync({ projectId: tag.projectId, tagId: tag.id, ...typedOf(input) })
      .catch(() => null)
    if (!saved) return
    await markStale('tags.update')
    onClose()
  })
  return (
    <Dialog open onClose={onClose} title={words.renameTag.title(tag.name)}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={update.error} />
        <TextField label={words.renameTag.name} autoFocus error={errors.name?.message} {...register('name')} />
        <TextField
          label={words.renameTag.slug}
          help={words.renameTag.slugHelp}
          spellCheck={false}
          className="[&_input]:font-mono [&_input]:text-sm"
          error={errors.slug?.message}
          {...register('slug')}
        />
        <Actions>
          <Button onClick={onClose}>{words.renameTag.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {words.renameTag.save}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
