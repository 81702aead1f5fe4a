import { useFormContext } from 'react-hook-form'
import { DestinationCards } from '../../components/destination-cards.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'

interface Props {
  destinations: readonly Destination[]
  value: string
  onPick: (destination: Destination) => void
}

export function DestinationStep({ destinations, value, onPick }: Props) {
  const { formState } = useFormContext<Draft>()
  const problem = formState.errors.destination?.message
  return (
    <>
      <p className="text-base text-soft">Where should the secrets go?</p>
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      <DestinationCards destinations={destinations} value={value} onPick={onPick} />
    </>
  )
}
