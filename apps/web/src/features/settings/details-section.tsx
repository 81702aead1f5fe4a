import { zodResolver } from '@hookform/resolvers/zod'
import { updateProject } from '@keyferry/schemas'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { words } from './words.ts'

const details = updateProject.pick({ name: true, slug: true, description: true })

/** How the project is called, by people and by clients. */
export function DetailsSection({ project }: { project: Project }) {
  const denied = useWhyNot(project.id)('project.manage')
  const update = trpc.projects.update.useMutation()
  const { register, handleSubmit, formState, isTyped, typedOf, markSaved } = useStoredForm(
    { name: project.name, slug: project.slug, description: project.description ?? '' },
    zodResolver(details),
  )
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    const saved = await update.mutateAsync({ projectId: project.id, ...typedOf(input) }).catch(() => null)
    if (!saved) return
    markSaved()
    await markStale('projects.update')
    toast.success(words.detailsSection.saved)
  })
  return (
    <Section title={words.detailsSection.title}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-2xl gap-4">
        <Refusal error={update.error} />
        <TextField
          label={words.detailsSection.name}
          readOnly={denied !== undefined}
          error={errors.name?.message}
          {...register('name')}
        />
        <TextField
          label={words.detailsSection.slug}
          help={words.detailsSection.slugHelp}
          spellCheck={false}
          readOnly={denied !== undefined}
          className="[&_input]:font-mono [&_input]:text-sm"
          error={errors.slug?.message}
          {...register('slug')}
        />
        <TextField
          label={words.detailsSection.description}
          optional
          readOnly={denied !== undefined}
          error={errors.description?.message}
          {...register('description')}
        />
        <div>
          <Button
            type="submit"
            variant={isTyped ? 'primary' : 'secondary'}
            disabled={!isTyped}
            denied={denied}
            busy={isSubmitting}
            aria-label={words.detailsSection.saveNamed}
          >
            {words.detailsSection.save}
          </Button>
        </div>
      </form>
    </Section>
  )
}
