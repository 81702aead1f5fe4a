import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { atSource, useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination, Sync } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Actions that can't be undone. Both ask for the sync's name. */
export function DangerTab({ sync, destination }: { sync: Sync; destination: Destination | undefined }) {
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'remove' | 'delete'>()
  const [alsoRemove, setAlsoRemove] = useState(false)
  const remove = trpc.syncs.removeSecrets.useMutation()
  const destroy = trpc.syncs.delete.useMutation()
  const denied = useWhyNot(sync.projectId)('syncs.manage', atSource(sync))
  const one = { destination: sync.destination, syncId: sync.id }
  const provider = destination?.title ?? sync.destination
  const typed = { text: sync.name, label: words.dangerTab.typeConfirm(sync.name) }

  const removeSecrets = async () => {
    await remove.mutateAsync(one)
    await markStale('syncs.removeSecrets')
    toast.success(words.dangerTab.removalStarted)
  }
  const deleteSync = async () => {
    await destroy.mutateAsync({ ...one, removeSecrets: alsoRemove })
    await navigate({ to: '/p/$projectId/syncs', params: { projectId: sync.projectId } })
    await markStale('syncs.delete')
    toast.success(alsoRemove ? words.dangerTab.beingDeleted(sync.name) : words.dangerTab.deleted(sync.name))
  }
  return (
    <div className="grid gap-4">
      <Section
        tone="bad"
        title={words.dangerTab.remove}
        text={words.dangerTab.removeText(provider, sync.targetLabel)}
        action={
          <Button variant="quietDanger" denied={denied} onClick={() => setDialog('remove')}>
            {words.dangerTab.remove}
          </Button>
        }
      />
      <Section
        tone="bad"
        title={words.dangerTab.deleteSync}
        text={words.dangerTab.deleteText}
        action={
          <Button variant="danger" denied={denied} onClick={() => setDialog('delete')}>
            {words.dangerTab.deleteSync}
          </Button>
        }
      >
        <SwitchField
          label={words.dangerTab.alsoRemove}
          help={words.dangerTab.alsoRemoveHelp(provider)}
          checked={alsoRemove}
          disabled={denied !== undefined}
          onChange={setAlsoRemove}
        />
      </Section>
      {dialog === 'remove' && (
        <Confirm
          title={words.dangerTab.removeTitle(sync.name)}
          label={words.dangerTab.remove}
          typed={typed}
          onConfirm={removeSecrets}
          onClose={() => setDialog(undefined)}
        >
          <p>
            {words.dangerTab.removeConsequence(provider, sync.targetLabel)}
            {sync.autoSync && words.dangerTab.autoSyncOn}
          </p>
        </Confirm>
      )}
      {dialog === 'delete' && (
        <Confirm
          title={words.dangerTab.deleteTitle(sync.name)}
          label={words.dangerTab.deleteSync}
          typed={typed}
          onConfirm={deleteSync}
          onClose={() => setDialog(undefined)}
        >
          <p>
            {alsoRemove ? words.dangerTab.keysDeleted(sync.targetLabel) : words.dangerTab.keysKept(sync.targetLabel)}
          </p>
        </Confirm>
      )}
    </div>
  )
}
