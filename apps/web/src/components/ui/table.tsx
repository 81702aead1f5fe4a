import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { words } from './words.ts'

/**
 * The quiet frame of every table. Wide ones scroll sideways inside it, never the page. With `isSticky` the head stays
 * below the top bar while the page scrolls; such a table must fit the width. With `isStacked` each row is a grid on a
 * phone, in which its cells say their places. `rows`: how many it has, where not all of them are drawn.
 */
export const Table = ({
  label,
  isSticky = false,
  isStacked = false,
  rows,
  children,
}: {
  label: string
  isSticky?: boolean
  isStacked?: boolean
  rows?: number
  children: ReactNode
}) => (
  <div
    className={cn(
      'relative rounded-lg border border-line bg-surface',
      isSticky
        ? '@container overflow-x-clip [&_thead_th]:sticky [&_thead_th]:top-13 [&_thead_th]:z-10 [&_thead_th]:bg-surface [&_thead_th]:shadow-[inset_0_-1px_0_var(--color-line)] [&_thead_th:first-child]:rounded-tl-lg [&_thead_th:last-child]:rounded-tr-lg'
        : 'overflow-x-auto',
      isStacked &&
        'max-sm:[&_table]:block max-sm:[&_tbody]:block max-sm:[&_thead]:block max-sm:[&_tr]:grid max-sm:[&_tr]:items-start',
    )}
  >
    <table
      aria-label={label}
      // With the head.
      aria-rowcount={rows === undefined ? undefined : rows + 1}
      className={cn('w-full border-collapse text-left', isSticky && 'table-fixed')}
    >
      {children}
    </table>
  </div>
)

export const Th = ({ className, ...rest }: ComponentProps<'th'>) => (
  <th
    scope="col"
    className={cn(
      'border-b border-line px-3 py-2 text-xs font-medium whitespace-nowrap text-faint max-sm:px-2',
      className,
    )}
    {...rest}
  />
)

/** Over the column of buttons, which needs no word for who sees it. */
export const ActionsTh = (props: { className?: string }) => (
  <Th {...props}>
    <span className="sr-only">{words.table.actions}</span>
  </Th>
)

const CELL = 'px-3 py-1.5 align-middle text-sm max-sm:px-2'

export const Td = ({ className, ...rest }: ComponentProps<'td'>) => <td className={cn(CELL, className)} {...rest} />

/** The cell that names its row: a screen reader says it with each of the others. */
export const RowTh = ({ className, ...rest }: ComponentProps<'th'>) => (
  <th scope="row" className={cn(CELL, 'text-left font-normal', className)} {...rest} />
)

/** Its own controls, and text that is being selected, keep their clicks. */
const CONTROLS = 'a, button, input, label, select, textarea, summary, [role=menuitem], [role=checkbox]'

function openRow({ target, currentTarget }: MouseEvent<HTMLTableRowElement>): void {
  if (!(target instanceof Element) || !currentTarget.contains(target) || target.closest(CONTROLS)) return
  if (String(getSelection()) !== '') return
  currentTarget.querySelector<HTMLElement>('[data-shortcut=Enter]')?.click()
}

/** A click beside its controls opens the row, where one of them is marked as what opens it. */
export const Tr = ({ className, ...rest }: ComponentProps<'tr'>) => (
  // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the marked control has the keys
  <tr
    onClick={openRow}
    className={cn(
      'scroll-mt-24 -outline-offset-2 border-b border-line last:border-b-0 hover:bg-sunken/60 has-[[data-shortcut=Enter]]:cursor-pointer',
      className,
    )}
    {...rest}
  />
)
