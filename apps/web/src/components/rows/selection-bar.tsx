import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { leaveAside } from '../../lib/focus/focus-back.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { words } from '../words.ts'

interface Props {
  /** Of what. */
  label: string
  /** How many, in words; undefined while none are selected. */
  selected: string | undefined
  onClear: () => void
  /** The actions. */
  children: ReactNode
}

/**
 * What can be done with the selected rows of a table, in sight at the foot of the screen. It follows the table, which
 * can have thousands of stops, so a key leads to it and Escape back. It is there while nothing is selected: screen
 * readers announce only what changes in a region that they know.
 */
export const SelectionBar = ({ label, selected, onClear, children }: Props) => (
  <div
    {...(selected !== undefined && {
      role: 'toolbar',
      'aria-label': label,
      'data-aside': true,
      'data-shortcut': 'b',
      tabIndex: -1,
      onKeyDown: ({ key, currentTarget, target }) => {
        // Not what is pressed in a dialog that was opened from here.
        if (key === 'Escape' && target instanceof Node && currentTarget.contains(target)) leaveAside(currentTarget)
      },
    })}
    className={
      selected === undefined
        ? 'sr-only'
        : 'fixed bottom-4 left-1/2 z-30 flex w-max max-w-[calc(100%-1rem)] -translate-x-1/2 flex-wrap items-center gap-1.5 rounded-xl border border-line bg-surface p-2 shadow-float'
    }
  >
    <p className="px-1.5 text-sm text-soft tabular-nums" aria-live="polite">
      {selected}
      {selected !== undefined && <span className="sr-only">{words.selectionBar.key}</span>}
    </p>
    {selected !== undefined && (
      <>
        {children}
        <IconButton icon={X} label={words.selectionBar.clear} onClick={onClear} />
      </>
    )}
  </div>
)
