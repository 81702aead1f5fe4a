import { ChevronsDownUp, ChevronsUpDown, Eye, EyeOff, Pencil } from 'lucide-react'
import { useCallback, useEffect, useState, type Ref } from 'react'
import { messageOf } from '../../lib/server/errors.ts'
import { toast } from '../../lib/toast.ts'
import { cn } from '../../lib/cn.ts'
import { CopyButton } from './copy-button.tsx'
import { ShownValue } from './shown-value.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { words } from '../words.ts'

/** How long a revealed value stays on the screen. */
const SHOWN_MS = 30_000

interface Props {
  /** What the buttons call it. */
  name: string
  read: () => Promise<string>
  /** When it moves, what is on the screen is no longer the value. */
  version?: number | undefined
  /** Opens an editor in its place. */
  onEdit?: (() => void) | undefined
  editRef?: Ref<HTMLButtonElement>
  /** Why they may not read it; then only this can be found out. */
  denied?: string | undefined
}

/** One line: hidden until requested, with its buttons. The value lives in this cell's state and leaves with it. */
export function HiddenValue({ name, read, version, onEdit, editRef, denied }: Props) {
  const [value, setValue] = useState<string>()
  const [isExpanded, setExpanded] = useState(false)
  const [isCut, setCut] = useState(false)
  const isShown = value !== undefined

  useEffect(() => {
    if (!isShown) return
    const timer = setTimeout(() => setValue(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isShown])

  useEffect(() => setValue(undefined), [version])

  /** Its line, which has less room on a phone that is turned. */
  const line = useCallback((code: HTMLElement) => {
    const watch = new ResizeObserver(() => setCut(code.scrollWidth > code.clientWidth))
    watch.observe(code)
    return () => watch.disconnect()
  }, [])

  const reveal = async () => {
    try {
      setValue(await read())
    } catch (error) {
      toast.error(words.hiddenValue.unreadable(name, messageOf(error)))
    }
  }
  return (
    <div data-wide={isShown || undefined} className="relative flex min-h-7 min-w-0 items-center gap-1">
      {isShown ? (
        <code
          ref={isExpanded ? null : line}
          className={
            isExpanded
              ? 'max-h-60 min-w-0 flex-1 overflow-auto font-mono text-sm break-all whitespace-pre-wrap'
              : 'min-w-0 flex-1 truncate font-mono text-sm'
          }
        >
          <ShownValue value={value} isOneLine={!isExpanded} />
        </code>
      ) : onEdit ? (
        <button
          type="button"
          ref={editRef}
          data-shortcut="e"
          aria-label={words.hiddenValue.editNamed(name)}
          className="-ml-1.5 h-7 min-w-8 flex-1 rounded-md px-1.5 text-left hover:bg-sunken"
          onClick={onEdit}
        >
          <HiddenSign />
        </button>
      ) : (
        <HiddenSign />
      )}
      <span
        className={cn(
          'flex shrink-0 pointer-fine:opacity-0 pointer-fine:group-focus-within/row:opacity-100 pointer-fine:group-hover/row:opacity-100',
          // A value has the whole width until they are seen.
          isShown && 'rounded-md bg-surface pointer-fine:absolute pointer-fine:right-0',
        )}
      >
        {isShown && (isExpanded || isCut || /[\r\n]/.test(value)) && (
          <IconButton
            icon={isExpanded ? ChevronsDownUp : ChevronsUpDown}
            label={isExpanded ? words.hiddenValue.collapse(name) : words.hiddenValue.expand(name)}
            onClick={() => setExpanded(!isExpanded)}
          />
        )}
        {isShown && onEdit && (
          <IconButton
            icon={Pencil}
            label={words.hiddenValue.editNamed(name)}
            ref={editRef}
            data-shortcut="e"
            onClick={onEdit}
          />
        )}
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={isShown ? words.hiddenValue.hide(name) : words.hiddenValue.reveal(name)}
          denied={denied}
          onClick={() => (isShown ? setValue(undefined) : void reveal())}
        />
        {denied === undefined && <CopyButton label={words.hiddenValue.copy(name)} read={read} />}
      </span>
    </div>
  )
}

/** In the place of a value. Dots that do not fit are on a second line, out of sight, so that none is cut in two. */
export const HiddenSign = () => (
  <span
    aria-hidden
    // Whole dots only: those that do not fit are on the next line, which is cut off.
    className="block h-lh min-w-0 flex-1 overflow-hidden tracking-widest break-all text-faint select-none"
  >
    ••••••••
  </span>
)
