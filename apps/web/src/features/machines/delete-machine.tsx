import { markStale } from '../../lib/server/stale.ts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Identity } from '../access/types.ts'
import { words } from './words.ts'

/** Ends a machine everywhere, not only in this project. */
export function DeleteMachine({ projectId, machine }: { projectId: string; machine: Identity }) {
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const remove = trpc.identities.delete.useMutation()
  const deleteMachine = async () => {
    await remove.mutateAsync({ identityId: machine.id })
    toast.success(words.deleteMachine.deleted(machine.name))
    await navigate({ to: '/p/$projectId/access', params: { projectId }, search: { tab: 'machines' } })
    await markStale('identities.delete')
  }
  return (
    <>
      <Section
        tone="bad"
        title={words.deleteMachine.title}
        text={words.deleteMachine.text}
        action={
          <Button variant="quietDanger" onClick={() => setAsking(true)}>
            {words.deleteMachine.title}
          </Button>
        }
      />
      {asking && (
        <Confirm
          title={words.deleteMachine.confirmTitle(machine.name)}
          label={words.deleteMachine.title}
          typed={{ text: machine.name, label: words.deleteMachine.confirm(machine.name) }}
          onConfirm={deleteMachine}
          onClose={() => setAsking(false)}
        >
          <p>{words.deleteMachine.consequence}</p>
        </Confirm>
      )}
    </>
  )
}
