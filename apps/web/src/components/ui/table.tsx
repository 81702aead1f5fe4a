import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

/** The quiet frame of every table. Wide ones scroll sideways inside it, never the page. */
export const Table = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="relative overflow-x-auto rounded-lg border border-line bg-surface">
    <table aria-label={label} className="w-full border-collapse text-left">
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
    <span className="sr-only">Actions</span>
  </Th>
)

export const Td = ({ className, ...rest }: ComponentProps<'td'>) => (
  <td className={cn('px-3 py-1.5 align-middle text-sm max-sm:px-2', className)} {...rest} />
)

export const Tr = ({ className, ...rest }: ComponentProps<'tr'>) => (
  <tr className={cn('border-b border-line last:border-b-0 hover:bg-sunken/60', className)} {...rest} />
)
