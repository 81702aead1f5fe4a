import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import { HiddenValue } from '../../components/hidden-value.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { messageOf } from '../../lib/errors.ts'
import { readSecret, readValue, type ReadValue } from '../../lib/read-value.ts'
import { toast } from '../../lib/toast.ts'
import type { FolderRef } from '../../lib/types.ts'

const ValueEditor = onDemand(async () => (await import('./value-editor.tsx')).ValueEditor, <Skeleton className="h-9" />)

/** A value in the table: hidden, revealed, or edited in place. What is edited lives here and leaves with it. */
export function ValueCell({
  place,
  secretKey,
  version,
  editable,
  denied,
}: {
  place: FolderRef
  secretKey: string
  version: number
  editable: boolean
  /** Why they may not read it. */
  denied: string | undefined
}) {
  const [editing, setEditing] = useState<ReadValue>()
  /** The button that opened the editor was replaced by it: the focus moves to the one that takes its place. */
  const edited = useRef(false)

  const edit = async () => {
    try {
      setEditing(await readSecret(place, secretKey))
    } catch (error) {
      toast.error(`${secretKey} could not be read: ${messageOf(error)}`)
    }
  }
  if (editing !== undefined) {
    const close = () => {
      edited.current = true
      setEditing(undefined)
    }
    return <ValueEditor place={place} secretKey={secretKey} initial={editing} version={version} onClose={close} />
  }
  return (
    <HiddenValue
      name={secretKey}
      version={version}
      read={() => readValue(place, secretKey)}
      denied={denied}
      actions={
        editable && (
          <IconButton
            icon={Pencil}
            label={`Edit ${secretKey}`}
            onClick={() => void edit()}
            ref={(button) => {
              if (edited.current) button?.focus()
              edited.current = false
            }}
          />
        )
      }
    />
  )
}
