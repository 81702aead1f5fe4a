import { useState, type ReactNode } from 'react'
import { Refusal } from './refusal.tsx'
import { Button } from './ui/button.tsx'
import { Actions, Dialog } from './ui/dialog.tsx'
import { TextField } from './ui/field.tsx'
import { words } from './words.ts'

interface Props {
  title: string
  /** The button that does it; says what it does. */
  label: string
  children?: ReactNode
  /** When set, this text has to be typed first. */
  typed?: { text: string; label: string }
  danger?: boolean
  /** False while something else on the dialog has to be answered first. */
  ready?: boolean
  onConfirm: () => Promise<unknown>
  onClose: () => void
}

/** Asks before something that can't be undone. Stays open with the reason when the server refuses. */
export function Confirm({
  title,
  label,
  children,
  typed,
  danger = true,
  ready: answered = true,
  onConfirm,
  onClose,
}: Props) {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const ready = answered && (typed === undefined || text.trim() === typed.text)

  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) void confirm()
        }}
      >
        {children}
        {typed && (
          <TextField
            label={typed.label}
            value={text}
            onChange={(event) => setText(event.target.value)}
            spellCheck={false}
            className="[&_input]:font-mono"
          />
        )}
        <Refusal error={error} />
        <Actions>
          <Button onClick={onClose}>{words.confirm.cancel}</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} disabled={!ready} busy={busy}>
            {label}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
