import type { ReactNode } from 'react'
import { Badge } from '../../components/ui/badge.tsx'
import { words } from './words.ts'

interface Props {
  name: ReactNode
  email: string | null
  you: boolean
  /** The role, shown here where the screen has no room for its column. */
  children: ReactNode
}

/** Who a row of the members is about. */
export const PersonCell = ({ name, email, you, children }: Props) => (
  <span className="grid">
    <span className="flex flex-wrap items-center gap-1.5 font-medium wrap-anywhere">
      {name}
      {you && <Badge>{words.personCell.you}</Badge>}
    </span>
    {email !== null && <span className="break-all text-soft">{email}</span>}
    <span className="flex flex-wrap items-center gap-1.5 sm:hidden">{children}</span>
  </span>
)
