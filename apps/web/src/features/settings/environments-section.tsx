import { Plus } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { PendingDeletion, Project } from '../../lib/server/types.ts'
import { EnvironmentRow } from './environment-row.tsx'
import { words } from './words.ts'

const EnvironmentDialog = onDemand(async () => (await import('./environment-dialog.tsx')).EnvironmentDialog)
const DeleteEnvironment = onDemand(async () => (await import('./delete-environment.tsx')).DeleteEnvironment)

type Environment = Project['environments'][number]
type Open = { what: 'add' } | { what: 'edit' | 'delete'; environment: Environment }

/** The environments in their order, which is the order of the tabs everywhere. */
export function EnvironmentsSection({ project, pending }: { project: Project; pending: readonly PendingDeletion[] }) {
  const denied = useWhyNot(project.id)('project.manage')
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const update = trpc.environments.update.useMutation({
    onSettled: () => markStale('environments.update'),
    onError: (error) => toast.error(messageOf(error)),
  })
  const { environments } = project
  /** As it is by now, or was when somebody else deleted it. */
  const latest = (opened: Environment) => environments.find(({ id }) => id === opened.id) ?? opened
  return (
    <Section
      title={words.environmentsSection.title}
      text={words.environmentsSection.text}
      action={
        <Button denied={denied} onClick={() => setOpen({ what: 'add' })}>
          <Plus aria-hidden className="size-4" /> {words.environmentsSection.add}
        </Button>
      }
    >
      {environments.length === 0 ? (
        <p className="text-base text-soft">{words.environmentsSection.empty}</p>
      ) : (
        <ol aria-label={words.environmentsSection.title} className="divide-y divide-line">
          {environments.map((environment, index) => (
            <EnvironmentRow
              key={environment.id}
              projectId={project.id}
              environment={environment}
              first={index === 0}
              last={index === environments.length - 1}
              fixed={denied !== undefined}
              going={pending.find(({ subjectId }) => subjectId === environment.id)}
              onMove={(by) => {
                if (!update.isPending)
                  update.mutate({ projectId: project.id, environmentId: environment.id, position: index + 1 + by })
              }}
              onEdit={() => setOpen({ what: 'edit', environment })}
              onDelete={() => setOpen({ what: 'delete', environment })}
            />
          ))}
        </ol>
      )}
      {open?.what === 'add' && <EnvironmentDialog projectId={project.id} onClose={close} />}
      {open?.what === 'edit' && (
        <EnvironmentDialog projectId={project.id} environment={latest(open.environment)} onClose={close} />
      )}
      {open?.what === 'delete' && (
        <DeleteEnvironment projectId={project.id} environment={open.environment} onClose={close} />
      )}
    </Section>
  )
}
