import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { SyncStatusBadge } from '../../components/syncs/sync-status.tsx'
import { Time } from '../../components/time.tsx'
import { Card } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { ProjectHealth } from '../../lib/server/types.ts'
import { worstFirst } from './worst-first.ts'
import { words } from './words.ts'

/** Other projects have no live feed here: their health is fetched this often. */
const LOOK_MS = 15_000
/** Fewer are seen at a glance. */
const SEARCH_FROM = 9

/** The home of the instance: every project that one is a member of, and how it is. */
export function ProjectsPage() {
  usePageTitle(words.title, false)
  const [text, setText] = useState('')
  const health = trpc.overview.instance.useQuery(undefined, { refetchInterval: LOOK_MS })
  const denied = useWhyNot('')('instance.manage')
  const projects = health.data?.toSorted(worstFirst)
  const shown = projects?.filter(({ name, description }) =>
    `${name} ${description ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
  )
  return (
    <>
      <PageHeader
        title={words.title}
        actions={
          <RouteButton variant="primary" to="/projects/new" denied={denied}>
            <Plus aria-hidden className="size-4" /> {words.create}
          </RouteButton>
        }
      />
      {health.error ? (
        <Failure what={words.unreadable} error={health.error} retry={health.refetch} />
      ) : !projects || !shown ? (
        <SkeletonRows label={words.loading} rows={4} />
      ) : (
        <div className="grid gap-4">
          {projects.length >= SEARCH_FROM && <SearchField label={words.search} value={text} onChange={setText} />}
          <p role="status" className="sr-only">
            {words.shown(shown.length)}
          </p>
          {shown.length === 0 ? (
            <Empty title={words.none}>{words.noneText(projects.length)}</Empty>
          ) : (
            <ul className="grid gap-4 grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))]">
              {shown.map((project) => (
                <li key={project.id}>
                  <ProjectCard project={project} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  )
}

const ProjectCard = ({ project: { id, name, description, syncs, changedAt } }: { project: ProjectHealth }) => {
  const total = syncs.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card className="relative grid h-full content-start gap-2 p-4 hover:border-edge">
      <h2 dir="auto" className="text-left text-base font-semibold break-words">
        <Link to="/p/$projectId" params={{ projectId: id }} className="after:absolute after:inset-0 hover:text-accent">
          {name}
        </Link>
      </h2>
      {description !== null && description !== '' && (
        <p dir="auto" className="truncate text-left text-sm text-soft">
          {description}
        </p>
      )}
      {total === 0 ? (
        <p className="text-sm text-soft">{words.noSyncs}</p>
      ) : (
        <ul aria-label={words.syncs(total)} className="flex flex-wrap gap-x-3 gap-y-1 text-sm">
          {syncs.map(({ status, count }) => (
            <li key={status} className="flex items-center gap-1.5">
              <span className="tabular-nums">{count}</span> <SyncStatusBadge status={status} />
            </li>
          ))}
        </ul>
      )}
      {changedAt !== null && (
        <p className="text-sm text-soft">
          {words.changed} <Time iso={changedAt} />
        </p>
      )}
    </Card>
  )
}
