import { useEffect, useRef } from 'react'
import type { FolderRef } from '../../lib/server/types.ts'
import { useUnsaved } from '../../lib/forms/unsaved.ts'
import { PastePreview } from './paste-preview.tsx'
import { words } from './words.ts'

interface Props {
  place: FolderRef
  content: string
  onAdded: (keys: readonly string[]) => void
  onClose: () => void
}

/** Lines of a `.env` file that were pasted or dropped on the table. */
export function PastedLines({ place, content, onAdded, onClose }: Props) {
  const section = useRef<HTMLElement>(null)
  useUnsaved(true)
  // The field that they were pasted into is gone.
  useEffect(() => section.current?.focus({ preventScroll: true }), [])
  return (
    <section ref={section} tabIndex={-1} className="outline-none" aria-label={words.pastedLines.pastedSecrets}>
      <PastePreview
        place={place}
        content={content}
        onSaved={(added) => {
          onAdded(added)
          onClose()
        }}
        onCancel={onClose}
      />
    </section>
  )
}
