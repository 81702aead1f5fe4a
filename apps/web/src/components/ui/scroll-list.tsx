import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'

/** A list that scrolls when it is long. The Tab key comes to it, so that the arrow keys can scroll it. */
export const ScrollList = ({ className, ...rest }: ComponentProps<'ul'> & { 'aria-label': string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling list must be focusable in every browser
  <ul tabIndex={0} className={cn('overflow-y-auto', className)} {...rest} />
)
