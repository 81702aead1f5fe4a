import { zodResolver } from '@hookform/resolvers/zod'
import { createProject } from '@keyferry/schemas'
import { useNavigate } from '@tanstack/react-router'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { useNewForm } from '../../lib/forms/new-form.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** Creates an empty project and opens it. */
export function CreateProjectForm() {
  const navigate = useNavigate()
  const create = trpc.projects.create.useMutation()
  const { register, handleSubmit, setError, formState } = useNewForm({
    resolver: zodResolver(createProject),
    defaultValues: { name: '', description: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      const project = await create.mutateAsync(input)
      await markStale('projects.create')
      await navigate({ to: '/p/$projectId', params: { projectId: project.id } })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <TextField
        label={words.new.name}
        placeholder={words.new.namePlaceholder}
        autoFocus
        error={errors.name?.message}
        {...register('name')}
      />
      <TextField
        label={words.new.description}
        optional
        error={errors.description?.message}
        {...register('description')}
      />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.new.create}
        </Button>
      </div>
    </form>
  )
}
