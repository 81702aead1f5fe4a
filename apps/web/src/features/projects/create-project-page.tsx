import { zodResolver } from '@hookform/resolvers/zod'
import { createProject } from '@keyferry/schemas'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Empty, PageHeader } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { messageOf } from '../../lib/errors.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import { loadExample } from './load-example.ts'
import { words } from './words.ts'

export function CreateProjectPage() {
  usePageTitle(words.new.title)
  const navigate = useNavigate()
  const denied = useWhyNot('')('instance.manage')
  const projects = trpc.projects.list.useQuery()
  const create = trpc.projects.create.useMutation()
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(createProject),
    defaultValues: { name: '', description: '' },
  })
  const { errors, isSubmitting } = formState
  const first = projects.data?.length === 0

  const [loading, setLoading] = useState(false)
  const example = async () => {
    setLoading(true)
    try {
      const { id: projectId } = await loadExample()
      await markStale('projects.create')
      await navigate({ to: '/p/$projectId', params: { projectId } })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    } finally {
      setLoading(false)
    }
  }
  const submit = handleSubmit(async (input) => {
    try {
      const project = await create.mutateAsync(input)
      await markStale('projects.create')
      await navigate({ to: '/p/$projectId', params: { projectId: project.id } })
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  if (denied !== undefined) {
    return (
      <>
        <PageHeader title={words.new.title} />
        <Empty title={first ? words.new.noneYet : words.new.adminsOnly}>
          {denied} {first ? words.new.askFirst : words.new.ask}
        </Empty>
      </>
    )
  }
  return (
    <div className="max-w-xl">
      <PageHeader title={first ? words.new.first : words.new.title} text={words.new.text} />
      <Card className="p-5">
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
      </Card>
      {first && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line p-4">
          <p className="min-w-0 flex-1 basis-64 text-sm text-soft">{words.new.exampleText}</p>
          <Button busy={loading} onClick={() => void example()}>
            {words.new.example}
          </Button>
        </div>
      )}
    </div>
  )
}
