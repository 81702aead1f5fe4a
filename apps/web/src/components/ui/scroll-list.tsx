import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'

/** A list that scrolls by itself when it is long. The Tab key comes to it, so that the arrow keys can scroll it. */
export const ScrollList = ({ className, ...rest }: ComponentProps<'ul'> & { 'aria-label': string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to take the focus, in browsers that do not see to it
  <ul tabIndex={0} className={cn('overflow-y-auto', className)} {...rest} />
)
