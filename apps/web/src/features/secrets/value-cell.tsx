import { Eye, EyeOff, Pencil } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { messageOf } from '../../lib/errors.ts'
import type { Place } from '../../lib/types.ts'
import { readValue } from './read-value.ts'

const ValueEditor = onDemand(async () => (await import('./value-editor.tsx')).ValueEditor)

/** How long a revealed value stays on the screen. */
const SHOWN_MS = 30_000

/** Hidden until asked for. The value lives in this cell's state and leaves with it. */
export function ValueCell({
  place,
  secretKey,
  version,
  editable,
}: {
  place: Place
  secretKey: string
  version: number
  editable: boolean
}) {
  const [value, setValue] = useState<string>()
  const [mode, setMode] = useState<'hidden' | 'shown' | 'editing'>('hidden')
  const hide = () => {
    setMode('hidden')
    setValue(undefined)
  }

  useEffect(() => {
    if (mode !== 'shown') return
    const timer = setTimeout(hide, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [mode])

  // Another version was saved meanwhile: what is on the screen is no longer the value.
  useEffect(() => {
    setMode((current) => (current === 'shown' ? 'hidden' : current))
  }, [version])

  const open = async (next: 'shown' | 'editing') => {
    try {
      setValue(await readValue(place, secretKey))
      setMode(next)
    } catch (error) {
      toast.error(`${secretKey} could not be read: ${messageOf(error)}`)
    }
  }
  if (mode === 'editing' && value !== undefined) {
    return <ValueEditor place={place} secretKey={secretKey} initial={value} onClose={hide} />
  }
  const shown = mode === 'shown' && value !== undefined
  return (
    <div className="flex flex-wrap items-center gap-0.5 max-sm:max-w-[40vw]">
      <IconButton
        icon={shown ? EyeOff : Eye}
        label={`${shown ? 'Hide' : 'Reveal'} ${secretKey}`}
        onClick={() => (shown ? hide() : void open('shown'))}
      />
      <CopyButton label={`Copy ${secretKey}`} read={() => readValue(place, secretKey)} />
      {editable && <IconButton icon={Pencil} label={`Edit ${secretKey}`} onClick={() => void open('editing')} />}
      {shown ? (
        <code className="ml-1 max-h-40 min-w-0 overflow-auto max-sm:ml-0 max-sm:basis-full font-mono text-sm break-all whitespace-pre-wrap">
          {value === '' ? <span className="text-faint">(blank)</span> : value}
        </code>
      ) : (
        <span aria-hidden className="ml-1 tracking-widest text-faint select-none max-sm:hidden">
          ••••••••
        </span>
      )}
    </div>
  )
}
