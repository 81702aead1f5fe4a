import { Plus } from 'lucide-react'
import { useRef, useState, type ClipboardEvent } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'

const NOTHING = { key: '', value: '' }

/** The row on top of the table. Stays open after a save, for the next one. */
export function AddSecret({ place }: { place: FolderRef }) {
  const create = trpc.secrets.create.useMutation()
  const [typed, setTyped] = useState(NOTHING)
  const [errors, setErrors] = useState<{ key?: string | undefined; value?: string | undefined }>({})
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(typed.key !== '' || typed.value !== '')

  const submit = async () => {
    setBusy(true)
    try {
      // The schemas weigh more than the rest of the page: they come with what is first sent.
      const { newSecret } = await import('./new-secret.ts')
      const { secret, errors } = newSecret(typed)
      setErrors(errors ?? {})
      if (secret) {
        await create.mutateAsync({ ...place, ...secret })
        setTyped(NOTHING)
        await markStale('secrets.create')
      }
      form.current?.querySelector<HTMLElement>(errors && errors.key === undefined ? 'textarea' : 'input')?.focus()
    } catch (error) {
      setErrors({ key: messageOf(error) })
    } finally {
      setBusy(false)
    }
  }
  /** `KEY=value` pasted into the key field fills both. */
  const split = (event: ClipboardEvent) => {
    const match = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s.exec(event.clipboardData.getData('text').trim())
    if (!match || match[1] === undefined || match[2] === undefined) return
    event.preventDefault()
    setTyped({ key: match[1], value: match[2].replace(/^(['"])([\s\S]*)\1$/, '$2') })
  }
  return (
    <form
      aria-label="Add a secret"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
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
        error={errors.value}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit()
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
