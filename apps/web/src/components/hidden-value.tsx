import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { messageOf } from '../lib/errors.ts'
import { toast } from '../lib/toast.ts'
import { CopyButton } from './copy-button.tsx'
import { IconButton } from './ui/icon-button.tsx'

/** How long a revealed value stays on the screen. */
const SHOWN_MS = 30_000

interface Props {
  /** What the buttons call it. */
  name: string
  read: () => Promise<string>
  /** When it moves, what is on the screen is no longer the value. */
  version?: number
  /** More that can be done with it. */
  actions?: ReactNode
  /** Why they may not read it; then only this can be found out. */
  denied?: string | undefined
}

/** Hidden until requested. The value lives in this cell's state and leaves with it. */
export function HiddenValue({ name, read, version, actions, denied }: Props) {
  const [value, setValue] = useState<string>()
  const shown = value !== undefined

  useEffect(() => {
    if (!shown) return
    const timer = setTimeout(() => setValue(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown])

  useEffect(() => setValue(undefined), [version])

  const reveal = async () => {
    try {
      setValue(await read())
    } catch (error) {
      toast.error(`${name} could not be read: ${messageOf(error)}`)
    }
  }
  return (
    <div className="flex flex-wrap items-center gap-0.5 max-sm:max-w-[40vw]">
      <IconButton
        icon={shown ? EyeOff : Eye}
        label={`${shown ? 'Hide' : 'Reveal'} ${name}`}
        denied={denied}
        onClick={() => (shown ? setValue(undefined) : void reveal())}
      />
      {denied === undefined && (
        <>
          <CopyButton label={`Copy ${name}`} read={read} />
          {actions}
        </>
      )}
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
