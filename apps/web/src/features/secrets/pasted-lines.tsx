import { useUnsaved } from '../../lib/unsaved.ts'
import type { FolderRef } from '../../lib/types.ts'
import { PastePreview } from './paste-preview.tsx'
import { words } from './words.ts'

/** Lines of a `.env` file that were pasted or dropped on the table. */
export function PastedLines({ place, content, onClose }: { place: FolderRef; content: string; onClose: () => void }) {
  useUnsaved(true)
  return (
    <section aria-label={words.pastedLines.pastedSecrets}>
      <PastePreview place={place} content={content} onSaved={onClose} onCancel={onClose} />
    </section>
  )
}
