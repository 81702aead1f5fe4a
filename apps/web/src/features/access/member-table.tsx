import type { ReactNode } from 'react'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'

/** People or machines of a project, each a `MemberRow`. */
export const MemberTable = ({ label, who, children }: { label: string; who: string; children: ReactNode }) => (
  <Table label={label}>
    <thead>
      <tr>
        <Th>{who}</Th>
        <Th className="max-sm:hidden">Role</Th>
        <Th className="max-sm:hidden">Where</Th>
        <Th className="max-sm:hidden">Since</Th>
        <ActionsTh />
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </Table>
)
