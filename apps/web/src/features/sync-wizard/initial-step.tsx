import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import type { Destination } from '../../lib/types.ts'
import { StepForm } from './step-form.tsx'

const OVERWRITE = [
  {
    value: 'overwrite-destination' as const,
    title: 'Overwrite destination secrets',
    text: 'The target becomes what the folder says. Which keys that changes and removes is shown before anything is written.',
  },
]

export const InitialStep = ({ destination, onSubmit }: { destination: Destination; onSubmit: () => void }) => (
  <StepForm onSubmit={onSubmit}>
    <p className="text-base text-soft">How should the first sync treat what is already there?</p>
    <RadioCards
      label="Initial sync behavior"
      value="overwrite-destination"
      onChange={() => undefined}
      cards={OVERWRITE}
    />
    <Notice title="Why nothing else is offered">{destination.notes.initialSync}</Notice>
  </StepForm>
)
