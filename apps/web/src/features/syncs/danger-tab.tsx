import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { atSource, useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination, Sync } from '../../lib/types.ts'

/** Actions that can't be undone. Both ask for the sync's name. */
export function DangerTab({ sync, destination }: { sync: Sync; destination: Destination | undefined }) {
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'remove' | 'delete'>()
  const [alsoRemove, setAlsoRemove] = useState(false)
  const remove = trpc.syncs.removeSecrets.useMutation()
  const destroy = trpc.syncs.delete.useMutation()
  const denied = useWhyNot(sync.projectId)('syncs.manage', atSource(sync))
  const one = { destination: sync.destination, syncId: sync.id }
  const vendor = destination?.title ?? sync.destination
  const typed = { text: sync.name, label: `Type ${sync.name} to confirm` }

  const removeSecrets = async () => {
    await remove.mutateAsync(one)
    await markStale('syncs.removeSecrets')
    toast.success('The removal is on its way.')
  }
  const deleteSync = async () => {
    await destroy.mutateAsync({ ...one, removeSecrets: alsoRemove })
    await navigate({ to: '/p/$projectId/syncs', params: { projectId: sync.projectId } })
    await markStale('syncs.delete')
    toast.success(alsoRemove ? `${sync.name} is being deleted, after the keys it wrote.` : `${sync.name} is deleted.`)
  }
  return (
    <div className="grid gap-4">
      <Section
        tone="bad"
        title="Remove secrets"
        text={`Deletes at ${vendor} every key this sync wrote to ${sync.targetLabel}. Keys of others stay. The sync itself stays too.`}
        action={
          <Button variant="quietDanger" denied={denied} onClick={() => setDialog('remove')}>
            Remove secrets
          </Button>
        }
      />
      <Section
        tone="bad"
        title="Delete sync"
        text="Deletes the sync with its runs. Nothing changes in the vault."
        action={
          <Button variant="danger" denied={denied} onClick={() => setDialog('delete')}>
            Delete sync
          </Button>
        }
      >
        <SwitchField
          label="Also remove what it wrote"
          help={`First deletes at ${vendor} the keys this sync wrote. Off: they stay there, with the values they have.`}
          checked={alsoRemove}
          disabled={denied !== undefined}
          onChange={setAlsoRemove}
        />
      </Section>
      {dialog === 'remove' && (
        <Confirm
          title="Remove secrets?"
          label="Remove secrets"
          typed={typed}
          onConfirm={removeSecrets}
          onClose={() => setDialog(undefined)}
        >
          <p>
            Programs that read these keys at {vendor} stop finding them. Target: {sync.targetLabel}.
            {sync.autoSync && ' Auto-sync is on: the next change of the folder writes them again.'}
          </p>
        </Confirm>
      )}
      {dialog === 'delete' && (
        <Confirm
          title="Delete sync?"
          label="Delete sync"
          typed={typed}
          onConfirm={deleteSync}
          onClose={() => setDialog(undefined)}
        >
          <p>
            {alsoRemove
              ? `The keys it wrote to ${sync.targetLabel} are removed there first.`
              : `The keys it wrote to ${sync.targetLabel} stay there.`}
          </p>
        </Confirm>
      )}
    </div>
  )
}
