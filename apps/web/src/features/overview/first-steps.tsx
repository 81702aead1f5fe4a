import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { words } from './words.ts'

const { steps } = words

/** What to do in a new project: three steps, each a button, ticked off as they are done. */
export function FirstSteps({
  project: { id: projectId, name },
  environment,
}: {
  project: Project
  environment: string
}) {
  const connections = trpc.connections.page.useQuery({ projectId, limit: 1 })
  const rows = trpc.secrets.rows.useQuery({ projectId, environment, secretPath: '/' })
  const secrets = rows.data?.rows.length ?? 0
  const connected = connections.data?.total ?? 0
  const next = secrets === 0 ? 1 : connected === 0 ? 2 : 3
  const variant = (n: number) => (n === next ? 'primary' : 'secondary')
  return (
    <div className="max-w-2xl">
      <PageHeader title={name} text={steps.first} />
      <ol className="grid gap-3">
        <Step
          n={1}
          title={steps.secrets}
          done={secrets > 0 ? steps.secretsDone(secrets, environment) : undefined}
          text={steps.secretsText}
        >
          <RouteButton variant={variant(1)} to="/p/$projectId/secrets/$environment" params={{ projectId, environment }}>
            {steps.secrets}
          </RouteButton>
        </Step>
        <Step
          n={2}
          title={steps.connection}
          done={connected > 0 ? steps.connectionDone(connected) : undefined}
          text={steps.connectionText}
        >
          <RouteButton variant={variant(2)} to="/p/$projectId/connections/new" params={{ projectId }}>
            {steps.connection}
          </RouteButton>
        </Step>
        <Step n={3} title={steps.sync} text={steps.syncText}>
          <RouteButton variant={variant(3)} to="/p/$projectId/syncs/new" params={{ projectId }}>
            {steps.sync}
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
      <p className="text-sm text-soft">{done === undefined ? text : steps.done(done)}</p>
    </div>
    {children}
  </li>
)
