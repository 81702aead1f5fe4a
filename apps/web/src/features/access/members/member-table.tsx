import type { ReactNode } from 'react'
import { ActionsTh, Table, Th } from '../../../components/ui/table.tsx'
import { words } from '../words.ts'

/** People or machines of a project, each a `MemberRow`. */
export const MemberTable = ({ label, who, children }: { label: string; who: string; children: ReactNode }) => (
  <Table label={label}>
    <thead>
      <tr>
        <Th>{who}</Th>
        <Th className="max-sm:hidden">{words.memberTable.role}</Th>
        <Th className="max-sm:hidden">{words.memberTable.where}</Th>
        <Th className="max-sm:hidden">{words.memberTable.since}</Th>
        <ActionsTh />
      </tr>
    </thead>
    {children}
  </Table>
)
