import { useState, type KeyboardEvent, type RefObject } from 'react'
import type { FolderRef } from '../../../lib/server/types.ts'
import { openReference, useCompletions, type Completion } from './reference-completion.ts'

interface Offered {
  place: FolderRef
  field: RefObject<HTMLTextAreaElement | null>
  value: string
  onChange: (value: string) => void
}

/** The references that complete what is typed after `${`, chosen with the arrow keys, Enter or Tab. */
export function useReferenceOffer({ place, field, value, onChange }: Offered) {
  const [caret, setCaret] = useState<number | null>(null)
  const [active, setActive] = useState(0)
  const open = caret === null ? null : openReference(value, caret)
  const completions = useCompletions(place, open?.typed ?? null)
  const isOffering = open !== null && completions.length > 0

  const complete = ({ reference }: Completion): void => {
    if (!open || caret === null) return
    const before = `${value.slice(0, open.start)}\${${reference}}`
    onChange(before + value.slice(caret).replace(/^\}/, ''))
    setCaret(null)
    requestAnimationFrame(() => field.current?.setSelectionRange(before.length, before.length))
  }
  return {
    completions,
    active,
    isOffering,
    complete,
    close: () => setCaret(null),
    typedAt(position: number) {
      setCaret(position)
      setActive(0)
    },
    movedTo(position: number) {
      if (caret !== null) setCaret(position)
    },
    /** Whether the key was for the offer. */
    takesKey({ key }: KeyboardEvent): boolean {
      if (!isOffering) return false
      const chosen = completions[active]
      if (chosen && (key === 'Enter' || key === 'Tab')) complete(chosen)
      else if (key === 'ArrowDown') setActive((active + 1) % completions.length)
      else if (key === 'ArrowUp') setActive((active + completions.length - 1) % completions.length)
      else if (key === 'Escape') setCaret(null)
      else return false
      return true
    },
  }
}
