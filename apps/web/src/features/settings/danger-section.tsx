import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { words } from './words.ts'

const ConfirmDeletion = onDemand(
  async () => (await import('../../components/deletion/confirm-deletion.tsx')).ConfirmDeletion,
)

/** Actions that can't be undone. */
export function DangerSection({ project: { id: projectId, name, slug, environments } }: { project: Project }) {
  const navigate = useNavigate()
  const denied = useWhyNot(projectId)('project.manage')
  const [asking, setAsking] = useState(false)
  const remove = trpc.projects.delete.useMutation()
  return (
    <>
      <Section
        tone="bad"
        title={words.dangerSection.title}
        text={words.dangerSection.text}
        action={
          <Button variant="danger" denied={denied} onClick={() => setAsking(true)}>
            {words.dangerSection.title}
          </Button>
        }
      />
      {asking && (
        <ConfirmDeletion
          what={words.dangerSection.project(name)}
          places={environments.map(({ slug }) => ({ projectId, environment: slug, secretPath: '/' }))}
          typed={{ text: name, label: words.dangerSection.confirm(name) }}
          onDelete={(syncs) => remove.mutateAsync({ projectId, syncs })}
          onGone={async () => {
            await markStale('projects.delete')
            await navigate({ to: '/' })
          }}
          onClose={() => setAsking(false)}
        >
          <p>
            {words.dangerSection.confirmText(words.dangerSection.environments(environments.length))}{' '}
            <code className="font-mono text-sm wrap-anywhere">{words.dangerSection.command(slug)}</code>
          </p>
        </ConfirmDeletion>
      )}
    </>
  )
}
