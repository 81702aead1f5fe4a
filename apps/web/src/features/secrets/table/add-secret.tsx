import { Plus, X } from 'lucide-react'
import { useRef, useState, type ClipboardEvent } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { code } from '../../../lib/loading/code.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { useFocusBack } from '../../../lib/focus/focus-back.ts'
import { useOneAtATime } from '../../../lib/forms/one-at-a-time.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { useUnsaved } from '../../../lib/forms/unsaved.ts'
import { pastedAssignment } from '../../paste/pasted-assignment.ts'
import { ValueField } from '../values/value-field.tsx'
import { words } from '../words.ts'
import { NewKeyField } from './new-key-field.tsx'

/** The schemas weigh more than the rest of the page. */
const loadNewSecret = code(() => import('./new-secret.ts'))

const NOTHING = { key: '', value: '' }

interface Props {
  place: FolderRef
  initialKey: string
  /** Several lines of a `.env` file were pasted instead of a key. */
  onLines: (content: string) => void
  onAdded: (key: string) => void
  onClose: () => void
}

/** The row on top of the table. Stays open after a save, for the next one. */
export function AddSecret({ place, initialKey, onLines, onAdded, onClose }: Props) {
  const create = trpc.secrets.create.useMutation()
  const [typed, setTyped] = useState({ key: initialKey, value: '' })
  const [errors, setErrors] = useState<{ key?: string | undefined; value?: string | undefined }>({})
  const [failure, setFailure] = useState<string>()
  const [added, setAdded] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useFocusBack()
  useUnsaved(typed.key !== initialKey || typed.value !== '')

  const focus = (field: 'input' | 'textarea') => form.current?.querySelector<HTMLElement>(field)?.focus()
  const submit = useOneAtATime(async () => {
    setBusy(true)
    setFailure(undefined)
    try {
      const { newSecret } = await loadNewSecret()
      const { secret, errors } = newSecret(typed)
      setErrors(errors ?? {})
      if (secret) {
        await create.mutateAsync({ ...place, ...secret })
        setTyped(NOTHING)
        setAdded(secret.key)
        onAdded(secret.key)
        await markStale('secrets.create')
      }
      focus(errors && errors.key === undefined ? 'textarea' : 'input')
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  })
  /** `KEY=value` fills both fields; more lines become as many secrets. */
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text')
    const pasted = pastedAssignment(text)
    if (pasted === null) return
    event.preventDefault()
    if (pasted === 'lines') onLines(text)
    else setTyped(pasted)
  }
  const closeUnused = () => {
    if (typed.key === initialKey && typed.value === '') onClose()
  }
  return (
    <form
      aria-label={words.addSecret.addSecret}
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        // Enter in the first of two fields.
        if (document.activeElement?.tagName === 'INPUT' && typed.value === '') focus('textarea')
        else submit()
      }}
      noValidate
      className="grid items-start gap-2 rounded-lg border border-accent bg-surface p-2 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]"
    >
      <NewKeyField
        place={place}
        value={typed.key}
        onChange={(key) => setTyped({ ...typed, key })}
        onPaste={paste}
        onCancel={closeUnused}
        error={errors.key}
        autoFocus={initialKey === ''}
      />
      <ValueField
        label={words.addSecret.value}
        placeholder={words.addSecret.value}
        autoFocus={initialKey !== ''}
        place={place}
        value={typed.value}
        onChange={(value) => setTyped({ ...typed, value })}
        onSave={submit}
        onCancel={closeUnused}
        error={errors.value}
      />
      <div className="flex gap-1">
        <Button type="submit" variant="primary" busy={isBusy} className="h-8">
          <Plus aria-hidden className="size-4" /> {words.addSecret.submit}
        </Button>
        <IconButton icon={X} label={words.addSecret.closeNewSecret} className="size-8" onClick={onClose} />
      </div>
      {/* The new row is in sight; a screen reader hears of it. */}
      <p role="status" className="sr-only">
        {added !== undefined && words.addSecret.added(added)}
      </p>
      {failure !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad md:col-span-full">
          {failure}
        </p>
      )}
    </form>
  )
}
