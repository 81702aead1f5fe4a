import { useEffect, useRef } from 'react'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'
import { PastePreview } from './paste-preview.tsx'
import { words } from './words.ts'

/** Lines of a `.env` file that were pasted or dropped on the table. */
export function PastedLines({ place, content, onClose }: { place: FolderRef; content: string; onClose: () => void }) {
  const section = useRef<HTMLElement>(null)
  useUnsaved(true)
  // The field that they were pasted into is gone.
  useEffect(() => section.current?.focus({ preventScroll: true }), [])
  return (
    <section ref={section} tabIndex={-1} className="rounded-lg" aria-label={words.pastedLines.pastedSecrets}>
      <PastePreview place={place} content={content} onSaved={onClose} onCancel={onClose} />
    </section>
  )
}
