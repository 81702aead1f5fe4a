import { markStale } from '../../../lib/server/stale.ts'
import { Pencil, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { ScopeList, ROLE_LABELS } from '../../../components/pages/role-labels.tsx'
import { Time } from '../../../components/time.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { PersonCell } from '../person-cell.tsx'
import type { Member } from '../types.ts'
import { words } from '../words.ts'

/** A person or a machine of the project. `name` stands in for the plain name, such as a link. */
export function MemberRow({
  index,
  measure,
  member,
  name,
  you = false,
  onEdit,
}: RowProps & {
  member: Member
  name?: ReactNode
  you?: boolean
  onEdit: () => void
}) {
  const [asking, setAsking] = useState(false)
  const remove = trpc.members.remove.useMutation()
  const removeMember = async () => {
    await remove.mutateAsync({ projectId: member.projectId, memberId: member.id })
    toast.success(words.memberRow.removed(member.name))
    await markStale('members.remove')
  }
  return (
    <Tr ref={measure} data-index={index} aria-label={member.email ?? member.name}>
      <RowTh className="py-2">
        <PersonCell name={name || member.name} email={member.email} you={you}>
          {ROLE_LABELS[member.role].word} <ScopeList scopes={member.scopes} />
        </PersonCell>
      </RowTh>
      <Td className="max-sm:hidden">{ROLE_LABELS[member.role].word}</Td>
      <Td className="max-sm:hidden">
        <ScopeList scopes={member.scopes} />
      </Td>
      <Td className="text-soft max-sm:hidden">
        <Time iso={member.createdAt} />
      </Td>
      <Td>
        <span className="flex justify-end">
          <IconButton icon={Pencil} label={words.memberRow.change(member.name)} data-shortcut="e" onClick={onEdit} />
          <IconButton icon={Trash2} label={words.memberRow.remove(member.name)} onClick={() => setAsking(true)} />
        </span>
        {asking && (
          <Confirm
            title={words.memberRow.title(member.name)}
            label={words.memberRow.remove(member.name)}
            onConfirm={removeMember}
            onClose={() => setAsking(false)}
          >
            <p>
              {you ? words.memberRow.ownAccess : words.memberRow.accessEnds} {words.memberRow.consequence}
            </p>
          </Confirm>
        )}
      </Td>
    </Tr>
  )
}
