import { PersonCell } from '../person-cell.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import type { InstanceAdmin } from '../types.ts'
import { words } from '../words.ts'

/** An instance admin who is no member: listed, since they reach the project, and changed under Instance. */
export const AdminRow = ({
  index,
  measure,
  admin: { name, email },
  you,
}: RowProps & { admin: InstanceAdmin; you: boolean }) => (
  <Tr ref={measure} data-index={index} aria-label={email}>
    <RowTh className="py-2">
      <PersonCell name={name} email={email} you={you}>
        {words.adminRow.instanceAdmin}
      </PersonCell>
    </RowTh>
    <Td className="max-sm:hidden">{words.adminRow.instanceAdmin}</Td>
    <Td className="max-sm:hidden">{words.adminRow.allProjects}</Td>
    <Td className="max-sm:hidden" />
    <Td />
  </Tr>
)
