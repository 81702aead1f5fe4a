import type { ReactNode } from 'react'

interface Props {
  /** A search or a filter is set. */
  isNarrowed: boolean
  /** How many rows there are, in words. */
  children: ReactNode
  className: string
}

/**
 * How many rows a list has. Announced only while a search or a filter narrows it: that a row was added or deleted, a
 * message tells.
 */
export const FoundCount = ({ isNarrowed, children, className }: Props) => (
  <p className={className}>
    {!isNarrowed && children}
    <span aria-live="polite">{isNarrowed && children}</span>
  </p>
)
