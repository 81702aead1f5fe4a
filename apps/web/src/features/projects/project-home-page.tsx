import { count } from '@keyferry/schemas/count'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Failure } from '../../components/failure.tsx'
import { NoEnvironment } from '../../components/no-environment.tsx'
import { PageHeader } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Project } from '../../lib/types.ts'
import { MemberHome } from './member-home.tsx'

/**
 * Where a project starts: for who sets it up the steps of that, then, and for others at once, what is theirs in it and
 * how it stands.
 */
export function ProjectHomePage({ projectId }: { projectId: string }) {
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const syncs = trpc.syncs.list.useQuery({ projectId })
  usePageTitle(project.data?.name ?? 'Project', false)
  if (project.error)
    return <Failure what="This project could not be read" error={project.error} retry={project.refetch} />
  if (!project.data || !rights || syncs.isPending) return <Skeleton className="h-40" />
  const environment = project.data.environments[0]?.slug
  if (environment === undefined) return <NoEnvironment projectId={projectId} />
  return rights.may('syncs.manage') && syncs.data?.length === 0 ? (
    <Steps project={project.data} environment={environment} />
  ) : (
    <MemberHome project={project.data} rights={rights} />
  )
}

/** What to do next: three steps, each a button, ticked off as they are done. */
function Steps({ project: { id: projectId, name }, environment }: { project: Project; environment: string }) {
  const connections = trpc.connections.list.useQuery({})
  const rows = trpc.secrets.rows.useQuery({ projectId, environment, secretPath: '/' })
  const secrets = rows.data?.rows.length ?? 0
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader title={name} text="Get your first sync running" />
      <ol className="grid gap-3">
        <Step
          n={1}
          title="Add secrets"
          done={secrets > 0 ? `${count(secrets, 'secret')} in ${environment}` : undefined}
          text="Type them in, or paste a whole .env file."
        >
          <RouteButton
            variant={secrets > 0 ? 'secondary' : 'primary'}
            to="/p/$projectId/secrets/$environment"
            params={{ projectId, environment }}
          >
            Add secrets
          </RouteButton>
        </Step>
        <Step
          n={2}
          title="Connect an account"
          done={
            connections.data && connections.data.length > 0 ? count(connections.data.length, 'connection') : undefined
          }
          text="Give Keyferry a credential for the account that should receive them. It is tested before it is stored."
        >
          <RouteButton to="/p/$projectId/connections/new" params={{ projectId }}>
            Connect an account
          </RouteButton>
        </Step>
        <Step
          n={3}
          title="Create a sync"
          text="Pick a folder and a target. You see every key that will change before anything is written."
        >
          <RouteButton to="/p/$projectId/syncs/new" params={{ projectId }}>
            Create a sync
          </RouteButton>
        </Step>
      </ol>
    </div>
  )
}

const Step = ({
  n,
  title,
  text,
  done,
  children,
}: {
  n: number
  title: string
  text: string
  done?: string | undefined
  children: ReactNode
}) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4">
    <span
      aria-hidden
      className={`grid size-8 shrink-0 place-items-center rounded-full text-sm font-semibold ${done === undefined ? 'bg-sunken text-soft' : 'bg-good-tint text-good'}`}
    >
      {done === undefined ? n : <Check className="size-4" />}
    </span>
    <div className="grid min-w-0 flex-1 basis-52 gap-0.5">
      <h2 className="text-base font-semibold">{title}</h2>
      <p className="text-sm text-soft">{done === undefined ? text : `Done: ${done}.`}</p>
    </div>
    {children}
  </li>
)
