import { useCommandState } from 'cmdk'
import type { ReactNode } from 'react'

interface Props {
  /** More options may be on their way. */
  isSearching?: boolean
  className: string
  children: ReactNode
}

/** In place of a searched list that has no option left. A screen reader hears it, which it doesn't of an empty list. */
export function NoMatches({ isSearching = false, className, children }: Props) {
  const isEmpty = useCommandState(({ filtered }) => filtered.count === 0)
  return <div role="status">{isEmpty && !isSearching && <div className={className}>{children}</div>}</div>
}
