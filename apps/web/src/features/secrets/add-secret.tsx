import { Plus } from 'lucide-react'
import { useEffect, useRef, useState, type ClipboardEvent } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { isSave } from '../../lib/enter-saves.ts'
import { messageOf } from '../../lib/errors.ts'
import { code } from '../../lib/code.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'
import { WhiteSpaceNote } from './white-space-note.tsx'

const PastedLines = onDemand(async () => (await import('./pasted-lines.tsx')).PastedLines)

/** The schemas weigh more than the rest of the page. */
const loadNewSecret = code(() => import('./new-secret.ts'))

/** After the last key stroke. */
const PAUSE_MS = 300
const NOTHING = { key: '', value: '' }

/** The row on top of the table. Stays open after a save, for the next one. */
export function AddSecret({ place }: { place: FolderRef }) {
  const create = trpc.secrets.create.useMutation()
  const [typed, setTyped] = useState(NOTHING)
  const [pasted, setPasted] = useState<string>()
  const [errors, setErrors] = useState<{ key?: string | undefined; value?: string | undefined }>({})
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(typed.key !== '' || typed.value !== '')
  const refusal = useRefusal(place, typed.key)

  const focus = (field: 'input' | 'textarea') => form.current?.querySelector<HTMLElement>(field)?.focus()
  const submit = async () => {
    setBusy(true)
    try {
      const { newSecret } = await loadNewSecret()
      const { secret, errors } = newSecret(typed)
      setErrors(errors ?? {})
      if (secret) {
        await create.mutateAsync({ ...place, ...secret })
        setTyped(NOTHING)
        await markStale('secrets.create')
      }
      focus(errors && errors.key === undefined ? 'textarea' : 'input')
    } catch (error) {
      setErrors({ key: messageOf(error) })
    } finally {
      setBusy(false)
    }
  }
  /** `KEY=value` pasted into the key field fills both; more lines become as many secrets. */
  const split = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text')
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s.exec(text)
    if (!match || match[1] === undefined || match[2] === undefined) return
    event.preventDefault()
    const value = match[2].trim()
    if (/[\r\n]/.test(value)) setPasted(text)
    else setTyped({ key: match[1], value: value.replace(/^(['"])([\s\S]*)\1$/, '$2') })
  }
  if (pasted !== undefined) return <PastedLines place={place} content={pasted} onClose={() => setPasted(undefined)} />
  return (
    <form
      aria-label="Add a secret"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        // Enter in the first of two fields.
        if (document.activeElement?.tagName === 'INPUT' && typed.value === '') focus('textarea')
        else void submit()
      }}
      noValidate
      className="grid items-start gap-3 rounded-lg border border-line bg-surface p-3 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]"
    >
      <TextField
        label="Key"
        placeholder="DATABASE_URL"
        spellCheck={false}
        autoCapitalize="off"
        className="[&_input]:font-mono [&_input]:text-sm"
        help={refusal && <span className="text-warn">{`${typed.key.trim()} ${refusal}`}</span>}
        error={errors.key}
        onPaste={split}
        value={typed.key}
        onChange={(event) => setTyped({ ...typed, key: event.target.value })}
      />
      <TextAreaField
        label="Value"
        rows={1}
        spellCheck={false}
        autoComplete="off"
        className="[&_textarea]:field-sizing-content [&_textarea]:max-h-64 [&_textarea]:min-h-9 [&_textarea]:resize-none [&_textarea]:py-1.5 [&_textarea]:font-mono [&_textarea]:text-sm"
        help={
          typed.value.trim() === typed.value ? undefined : (
            <WhiteSpaceNote value={typed.value} onTrim={(value) => setTyped({ ...typed, value })} />
          )
        }
        error={errors.value}
        onKeyDown={(event) => {
          if (!isSave(event)) return
          event.preventDefault()
          void submit()
        }}
        value={typed.value}
        onChange={(event) => setTyped({ ...typed, value: event.target.value })}
      />
      <Button type="submit" variant="primary" busy={busy} className="md:mt-6.5">
        <Plus aria-hidden className="size-4" /> Add secret
      </Button>
    </form>
  )
}

/** Why a destination of the folder would refuse the key, as the predicate of a sentence. */
function useRefusal(place: FolderRef, typed: string): string | null {
  const present = typed.trim()
  const [key, setKey] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setKey(present), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [present])
  const { data } = trpc.secrets.checkKey.useQuery({ ...place, key }, { enabled: /^[^:/]+$/.test(key) })
  return key === present ? (data?.refusal ?? null) : null
}
