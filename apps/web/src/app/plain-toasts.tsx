import { useEffect, useState } from 'react'
import { Button } from '../components/ui/button.tsx'
import { onToast, takeToasts } from '../lib/toast.ts'
import { words } from './words.ts'

/** The last message, where the library that shows them could not be loaded. */
export function PlainToasts() {
  const [text, setText] = useState<string>()
  useEffect(() => {
    const show = () => {
      const last = takeToasts().at(-1)
      if (last) setText(last.text)
    }
    show()
    return onToast(show)
  }, [])
  if (text === undefined) return null
  return (
    <div
      role="alert"
      className="fixed inset-x-4 bottom-4 z-45 mx-auto flex w-fit items-center gap-3 rounded-lg border border-line bg-surface p-3 text-sm shadow-float"
    >
      {text}
      <Button size="sm" onClick={() => setText(undefined)}>
        {words.plainToasts.close}
      </Button>
    </div>
  )
}
