import { markStale } from '../../lib/server/stale.ts'
import { zodResolver } from '@hookform/resolvers/zod'
import { createEnvironment } from '@keyferry/schemas'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { slugify } from '../../lib/forms/slugify.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  /** When set, this one gets another name or slug. */
  environment?: Project['environments'][number]
  onClose: () => void
}

/** Adds an environment, or renames one. */
export function EnvironmentDialog({ projectId, environment, onClose }: Props) {
  const create = trpc.environments.create.useMutation()
  const update = trpc.environments.update.useMutation()
  const { register, handleSubmit, setValue, formState, isTyped, typedOf } = useStoredForm(
    { name: environment?.name ?? '', slug: environment?.slug ?? '' },
    zodResolver(createEnvironment.pick({ name: true, slug: true })),
  )
  const { errors, isSubmitting, dirtyFields } = formState
  const submit = handleSubmit(async (input) => {
    const saved = await (
      environment
        ? update.mutateAsync({ projectId, environmentId: environment.id, ...typedOf(input) })
        : create.mutateAsync({ projectId, ...input })
    ).catch(() => null)
    if (!saved) return
    onClose()
    await markStale(environment ? 'environments.update' : 'environments.create')
    toast.success(
      environment ? words.environmentDialog.renamed(saved.name, saved.slug) : words.environmentDialog.added(saved.name),
    )
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={environment ? words.environmentDialog.rename(environment.name) : words.environmentDialog.add}
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Refusal error={create.error ?? update.error} />
        <TextField
          label={words.environmentDialog.name}
          placeholder={words.environmentDialog.namePlaceholder}
          autoFocus
          error={errors.name?.message}
          {...register('name', {
            onChange: (event: { target: { value: string } }) => {
              // A slug that somebody wrote, or that others use already, is theirs.
              if (!environment && dirtyFields.slug !== true) setValue('slug', slugify(event.target.value))
            },
          })}
        />
        <TextField
          label={words.environmentDialog.slug}
          help={environment ? words.environmentDialog.slugChangeHelp : words.environmentDialog.slugHelp}
          spellCheck={false}
          className="[&_input]:font-mono [&_input]:text-sm"
          error={errors.slug?.message}
          {...register('slug')}
        />
        <Actions>
          <Button onClick={onClose}>{words.environmentDialog.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {environment ? words.environmentDialog.save : words.environmentDialog.add}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
