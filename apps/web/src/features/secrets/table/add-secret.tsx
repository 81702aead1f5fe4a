import { Plus, X } from 'lucide-react'
import { useEffect, useId, useRef, useState, type ClipboardEvent } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { control } from '../../../components/ui/field.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { cn } from '../../../lib/cn.ts'
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

/** The schemas weigh more than the rest of the page. */
const loadNewSecret = code(() => import('./new-secret.ts'))

/** After the last key stroke. */
const PAUSE_MS = 300
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
  const id = useId()
  const create = trpc.secrets.create.useMutation()
  const [typed, setTyped] = useState({ key: initialKey, value: '' })
  const [errors, setErrors] = useState<{ key?: string | undefined; value?: string | undefined }>({})
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useFocusBack()
  useUnsaved(typed.key !== initialKey || typed.value !== '')
  const refusal = useRefusal(place, typed.key)

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
  const said = errors.key ?? refusal
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
      <div className="grid gap-1.5">
        <input
          aria-label={words.addSecret.key}
          placeholder={words.addSecret.placeholder}
          autoFocus={initialKey === ''}
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="off"
          aria-invalid={errors.key !== undefined || undefined}
          aria-describedby={said === null ? undefined : id}
          className={cn(control, 'h-8 px-2.5 font-mono text-sm')}
          onPaste={paste}
          onKeyDown={({ key }) => key === 'Escape' && closeUnused()}
          value={typed.key}
          onChange={({ target }) => setTyped({ ...typed, key: target.value })}
        />
        {errors.key !== undefined ? (
          <p id={id} role="alert" className="text-sm font-medium text-bad">
            {errors.key}
          </p>
        ) : (
          refusal !== null && <p id={id} className="text-sm text-warn">{`${typed.key.trim()} ${refusal}`}</p>
        )}
      </div>
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
      {failure !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad md:col-span-full">
          {failure}
        </p>
      )}
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
