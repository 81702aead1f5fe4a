import { markStale } from '../../lib/stale.ts'
import { ConfirmDeletion } from '../../components/confirm-deletion.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Project } from '../../lib/types.ts'

interface Props {
  projectId: string
  environment: Project['environments'][number]
  onClose: () => void
}

export function DeleteEnvironment({ projectId, environment: { id, name, slug }, onClose }: Props) {
  const remove = trpc.environments.delete.useMutation()
  return (
    <ConfirmDeletion
      what={`environment ${name}`}
      places={[{ projectId, environment: slug, secretPath: '/' }]}
      typed={{ text: slug, label: `Type ${slug} to confirm` }}
      onDelete={(syncs) => remove.mutateAsync({ projectId, environmentId: id, syncs })}
      onGone={() => markStale('environments.delete')}
      onClose={onClose}
    >
      <p>Every secret and folder in it is deleted too. You can restore it from Trash for 30 days.</p>
    </ConfirmDeletion>
  )
}
