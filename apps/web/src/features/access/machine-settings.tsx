import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { MachineForm } from './forms.tsx'
import type { Identity } from './types.ts'

/** Its name, and what it may do to the whole instance. */
export function MachineSettings({ machine }: { machine: Identity }) {
  const [changing, setChanging] = useState(false)
  return (
    <Section
      title="Name and instance role"
      text={
        machine.role === 'admin'
          ? 'It is an instance admin: it may do everything, in every project.'
          : 'Beside its roles in projects it may do nothing to the instance.'
      }
      action={
        !changing && (
          <Button size="sm" aria-label="Change name and instance role" onClick={() => setChanging(true)}>
            Change
          </Button>
        )
      }
    >
      {changing ? <MachineForm machine={machine} onDone={() => setChanging(false)} /> : undefined}
    </Section>
  )
}
