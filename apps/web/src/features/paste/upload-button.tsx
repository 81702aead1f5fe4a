import { decodeUtf8 } from '@keyferry/schemas/utf8'
import { FileUp } from 'lucide-react'
import type { ChangeEvent } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { words } from './words.ts'

interface Props {
  onText: (text: string) => void
  /** With the name of a file that is not text in UTF-8. */
  onUnreadable: (name: string) => void
}

/** Reads a file from the person's machine. */
export function UploadButton({ onText, onUnreadable }: Props) {
  const upload = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    target.value = ''
    if (!file) return
    const text = decodeUtf8(await file.arrayBuffer())
    if (text === null) onUnreadable(file.name)
    else onText(text)
  }
  return (
    <Button asChild className="w-fit focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
      <label className="cursor-pointer">
        <FileUp aria-hidden className="size-4" /> {words.pastePage.uploadFile}
        <input type="file" className="sr-only" onChange={(event) => void upload(event)} />
      </label>
    </Button>
  )
}
