import { markStale } from '../../lib/server/stale.ts'
import { ConfirmDeletion } from '../../components/deletion/confirm-deletion.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  environment: Project['environments'][number]
  onClose: () => void
}

export function DeleteEnvironment({ projectId, environment: { id, name, slug }, onClose }: Props) {
  const remove = trpc.environments.delete.useMutation()
  return (
    <ConfirmDeletion
      what={words.deleteEnvironment.environment(name)}
      places={[{ projectId, environment: slug, secretPath: '/' }]}
      typed={{ text: slug, label: words.deleteEnvironment.confirm(slug) }}
      onDelete={(syncs) => remove.mutateAsync({ projectId, environmentId: id, syncs })}
      onGone={() => markStale('environments.delete')}
      onClose={onClose}
    >
      <p>{words.deleteEnvironment.text}</p>
    </ConfirmDeletion>
  )
}
