import { decodeUtf8 } from '@keyferry/schemas/utf8'
import { useEffect, useState, type DragEvent } from 'react'
import { toast } from '../../lib/toast.ts'
import { pastedAssignment } from './pasted-assignment.ts'
import { words } from './words.ts'

/** The server takes no more characters. */
const MAX_BYTES = 2_000_000

/**
 * Takes lines of a `.env` file that are pasted anywhere on the page but into a field, and a file that is dropped on it.
 * Gives the props of the element that files are dropped on.
 */
export function usePastedFile(isTaken: boolean, onText: (text: string) => void) {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    if (!isTaken) return
    const onPaste = (event: ClipboardEvent) => {
      const { target, clipboardData } = event
      if (target instanceof Element && target.closest('input, textarea, [contenteditable=true], [role=dialog]')) return
      const text = clipboardData?.getData('text') ?? ''
      if (pastedAssignment(text) === null) return
      event.preventDefault()
      onText(text)
    }
    document.addEventListener('paste', onPaste)
    return () => document.removeEventListener('paste', onPaste)
  }, [isTaken, onText])

  const take = async (file: File) => {
    if (file.size > MAX_BYTES) return toast.error(words.usePastedFile.tooLarge(file.name, MAX_BYTES / 1_000_000))
    const text = decodeUtf8(await file.arrayBuffer())
    if (text === null) toast.error(words.usePastedFile.unreadable(file.name))
    else onText(text)
  }
  const hasFile = ({ dataTransfer }: DragEvent) => isTaken && dataTransfer.types.includes('Files')
  return {
    className: isOver ? 'rounded-lg outline-2 outline-offset-8 outline-accent outline-dashed' : undefined,
    onDragOver: (event: DragEvent) => {
      if (!hasFile(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      setOver(false)
      const [file] = event.dataTransfer.files
      if (!hasFile(event) || !file) return
      event.preventDefault()
      void take(file)
    },
  }
}
