import { markStale } from '../../lib/stale.ts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Identity } from './types.ts'

/** Ends a machine everywhere, not only in this project. */
export function DeleteMachine({ projectId, machine }: { projectId: string; machine: Identity }) {
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const remove = trpc.identities.delete.useMutation()
  const deleteMachine = async () => {
    await remove.mutateAsync({ identityId: machine.id })
    toast.success(`${machine.name} is gone.`)
    await navigate({ to: '/p/$projectId/access', params: { projectId }, search: { tab: 'machines' } })
    await markStale('identities.delete')
  }
  return (
    <>
      <Section
        tone="bad"
        title="Delete machine"
        text="Its client secrets and tokens stop working at once, in every project."
        action={
          <Button variant="quietDanger" onClick={() => setAsking(true)}>
            Delete machine
          </Button>
        }
      />
      {asking && (
        <Confirm
          title={`Delete ${machine.name}?`}
          label="Delete machine"
          typed={{ text: machine.name, label: `Type ${machine.name}` }}
          onConfirm={deleteMachine}
          onClose={() => setAsking(false)}
        >
          <p>Whatever signs in with its client id stops working. This can't be undone.</p>
        </Confirm>
      )}
    </>
  )
}
