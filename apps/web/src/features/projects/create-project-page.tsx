import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { loadExample } from './load-example.ts'
import { words } from './words.ts'

const CreateProjectForm = onDemand(
  async () => (await import('./create-project-form.tsx')).CreateProjectForm,
  <Skeleton className="h-52" />,
)

export function CreateProjectPage() {
  usePageTitle(words.new.title)
  const denied = useWhyNot('')('instance.manage')
  const projects = trpc.projects.list.useQuery()
  const isFirst = projects.data?.length === 0
  if (denied !== undefined) {
    return (
      <>
        <PageHeader title={words.new.title} />
        <Empty title={isFirst ? words.new.noneYet : words.new.adminsOnly}>
          {denied} {isFirst ? words.new.askFirst : words.new.ask}
        </Empty>
      </>
    )
  }
  return (
    <div className="max-w-xl">
      <PageHeader title={isFirst ? words.new.first : words.new.title} text={words.new.text} />
      <Card className="p-5">
        <CreateProjectForm />
      </Card>
      {isFirst && <ExampleOffer />}
    </div>
  )
}

function ExampleOffer() {
  const navigate = useNavigate()
  const [isLoading, setLoading] = useState(false)
  const [problem, setProblem] = useState<string>()
  const load = async () => {
    setLoading(true)
    setProblem(undefined)
    try {
      const { id: projectId } = await loadExample()
      await markStale('projects.create')
      await navigate({ to: '/p/$projectId', params: { projectId } })
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setLoading(false)
    }
  }
  return (
    <div className="mt-4 grid gap-3 rounded-lg border border-line p-4">
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-soft">{words.new.exampleText}</p>
        <Button busy={isLoading} onClick={() => void load()}>
          {words.new.example}
        </Button>
      </div>
    </div>
  )
}
