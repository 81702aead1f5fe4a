import { useController, useFormContext } from 'react-hook-form'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { INITIAL_BEHAVIORS } from './initial-behaviors.ts'
import { StepForm } from './step-form.tsx'

export function InitialStep({ destination, onSubmit }: { destination: Destination; onSubmit: () => void }) {
  const { control } = useFormContext<Draft>()
  const behavior = useController({ control, name: 'initialSyncBehavior' }).field
  const { canImportSecrets, notes } = destination
  return (
    <StepForm onSubmit={onSubmit}>
      <p className="text-base text-soft">How should the first sync treat what is already there?</p>
      <RadioCards
        label="Initial sync behavior"
        value={behavior.value}
        onChange={behavior.onChange}
        cards={canImportSecrets ? INITIAL_BEHAVIORS : INITIAL_BEHAVIORS.slice(0, 1)}
      />
      <Notice title={canImportSecrets ? `About ${destination.title}` : 'Why nothing else is offered'}>
        {notes.initialSync}
      </Notice>
    </StepForm>
  )
}
