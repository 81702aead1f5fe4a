import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { MachineForm } from './forms.tsx'
import type { Identity } from '../access/types.ts'
import { words } from './words.ts'

/** Its name, and what it may do to the whole instance. */
export function MachineSettings({ machine }: { machine: Identity }) {
  const [changing, setChanging] = useState(false)
  return (
    <Section
      title={words.machineSettings.title}
      text={machine.role === 'admin' ? words.machineSettings.isInstanceAdmin : words.machineSettings.noInstanceRole}
      action={
        !changing && (
          <Button size="sm" aria-label={words.machineSettings.changeNameInstanceRole} onClick={() => setChanging(true)}>
            {words.machineSettings.change}
          </Button>
        )
      }
    >
      {changing ? <MachineForm machine={machine} onDone={() => setChanging(false)} /> : undefined}
    </Section>
  )
}
