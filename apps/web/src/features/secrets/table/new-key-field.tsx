import { useEffect, useId, useState, type ClipboardEvent } from 'react'
import { control } from '../../../components/ui/field.tsx'
import { cn } from '../../../lib/cn.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** After the last key stroke. */
const PAUSE_MS = 300

interface Props {
  place: FolderRef
  value: string
  onChange: (value: string) => void
  onPaste: (event: ClipboardEvent) => void
  onCancel: () => void
  error: string | undefined
  autoFocus: boolean
}

/** Where the key of a new secret is typed: says at once when a destination of the folder would refuse it. */
export function NewKeyField({ place, value, onChange, onPaste, onCancel, error, autoFocus }: Props) {
  const id = useId()
  const refusal = useRefusal(place, value)
  return (
    <div className="grid gap-1.5">
      <input
        aria-label={words.addSecret.key}
        placeholder={words.addSecret.placeholder}
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="off"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={error === undefined && refusal === null ? undefined : id}
        className={cn(control, 'h-8 px-2.5 font-mono text-sm')}
        onPaste={onPaste}
        onKeyDown={({ key }) => key === 'Escape' && onCancel()}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {error !== undefined ? (
        <p id={id} role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      ) : (
        refusal !== null && <p id={id} className="text-sm text-warn">{`${value.trim()} ${refusal}`}</p>
      )}
    </div>
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
