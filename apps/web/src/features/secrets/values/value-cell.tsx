import { useRef, useState } from 'react'
import { HiddenValue } from '../../../components/values/hidden-value.tsx'
import { readValue } from '../../../lib/server/read-value.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { ValueEditor } from './value-editor.tsx'

interface Props {
  place: FolderRef
  secretKey: string
  /** What the buttons call it; without it the key. */
  name?: string
  /** The present version; left out where the page does not know it. */
  version?: number | undefined
  isEditable: boolean
  /** Why they may not read it. */
  denied: string | undefined
}

/** A value in the table: hidden, revealed, or edited in place. What is edited lives here and leaves with it. */
export function ValueCell({ place, secretKey, name = secretKey, version, isEditable, denied }: Props) {
  const [isEditing, setEditing] = useState(false)
  /** The button that opened the editor was replaced by it: the focus moves to the one that takes its place. */
  const wasEdited = useRef(false)
  if (isEditing) {
    const close = () => {
      wasEdited.current = true
      setEditing(false)
    }
    return <ValueEditor place={place} secretKey={secretKey} version={version} onClose={close} />
  }
  return (
    <HiddenValue
      name={name}
      version={version}
      read={() => readValue(place, secretKey)}
      denied={denied}
      onEdit={isEditable ? () => setEditing(true) : undefined}
      editRef={(button) => {
        if (wasEdited.current) button?.focus()
        wasEdited.current = false
      }}
    />
  )
}
