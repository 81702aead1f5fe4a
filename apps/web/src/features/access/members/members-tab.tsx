import { UserRoundPlus } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Shortcut } from '../../../components/shortcut.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Drawer } from '../../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import { UnknownNotice } from '../../../components/pages/unknown-notice.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { TabProps } from '../page/access-page.tsx'
import { AddMember, EditMember } from '../forms.tsx'
import { Invitations } from './invitations.tsx'
import { AdminRow } from './admin-row.tsx'
import { MemberRow } from './member-row.tsx'
import { MemberTable } from './member-table.tsx'
import { NarrowedList } from '../narrowed-list.tsx'
import { NotYours } from '../not-yours.tsx'
import type { Rights } from '../../../lib/session/rights.ts'
import { words } from '../words.ts'

export function MembersTab({ projectId, open, onOpen, q, onSearch, rights }: TabProps & { rights: Rights }) {
  const members = trpc.members.list.useQuery({ projectId }, { enabled: rights.may('members.manage') })
  const admins = trpc.members.instanceAdmins.useQuery({ projectId }, { enabled: rights.may('members.manage') })
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  if (!rights.may('members.manage')) {
    return <NotYours rights={rights}>{words.membersTab.denied}</NotYours>
  }
  if (members.error) return <Failure what={words.membersTab.unreadable} error={members.error} retry={members.refetch} />
  if (!members.data) return <SkeletonRows label={words.membersTab.loading} rows={4} />
  const people = members.data.filter(({ kind }) => kind === 'user')
  const others = (admins.data ?? []).filter(({ id }) => people.every(({ principalId }) => principalId !== id))
  const edited = people.find(({ id }) => id === open)
  const close = () => onOpen(undefined)
  return (
    <div className="grid gap-6">
      {open !== undefined && open !== 'add' && !edited && (
        <UnknownNotice
          what={words.unknown.member}
          why={words.unknown.memberText}
          label={words.unknown.members}
          onClose={close}
        />
      )}
      <NarrowedList
        rows={[...others, ...people]}
        textOf={({ name, email }) => `${name} ${email ?? ''}`}
        q={q}
        onSearch={onSearch}
        label={words.membersTab.search}
        text={
          <>
            {people.length === 0 ? words.membersTab.noMembersYet : `${words.membersTab.members(people.length)}. `}
            {words.membersTab.adminsText}
          </>
        }
        add={
          <Button variant="primary" data-shortcut="n" onClick={() => onOpen('add')}>
            <UserRoundPlus aria-hidden className="size-4" /> {words.membersTab.addPerson} <Shortcut name="N" />
          </Button>
        }
      >
        {(shown) => (
          <MemberTable label={words.membersTab.label} who={words.membersTab.person}>
            <VirtualRows
              rows={shown}
              idOf={({ id }) => id}
              height={61}
              render={(row, virtual) =>
                'role' in row ? (
                  <MemberRow
                    key={row.id}
                    {...virtual}
                    member={row}
                    you={row.email === rights.email}
                    onEdit={() => onOpen(row.id)}
                  />
                ) : (
                  <AdminRow key={row.id} {...virtual} admin={row} you={row.email === rights.email} />
                )
              }
            />
          </MemberTable>
        )}
      </NarrowedList>
      <Invitations projectId={projectId} />
      <Drawer
        open={open === 'add'}
        onClose={close}
        title={words.membersTab.addTitle}
        description={status.data?.sendsMail === true ? words.membersTab.mailText : words.membersTab.linkText}
      >
        <AddMember projectId={projectId} onDone={close} />
      </Drawer>
      <Drawer
        open={edited !== undefined}
        onClose={close}
        title={words.membersTab.change(edited?.name ?? words.membersTab.aMember)}
        description={edited?.email}
      >
        {edited && <EditMember member={edited} onDone={close} />}
      </Drawer>
    </div>
  )
}
