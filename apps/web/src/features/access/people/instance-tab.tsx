import { markStale } from '../../../lib/server/stale.ts'
import { UserRoundPlus } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Drawer } from '../../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { ActionsTh, Table, Th } from '../../../components/ui/table.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { TabProps } from '../page/access-page.tsx'
import { InvitePerson } from '../forms.tsx'
import { InvitationList } from '../invitation-list.tsx'
import { NarrowedList } from '../narrowed-list.tsx'
import { PersonRow } from './person-row.tsx'
import { SignInPolicy } from './sign-in-policy.tsx'
import { words } from '../words.ts'

/** Everybody who has an account, in all projects. For instance admins. */
export function InstanceTab({ open, onOpen, q, onSearch }: Omit<TabProps, 'projectId'>) {
  const me = trpc.instance.me.useQuery()
  const people = trpc.people.list.useQuery()
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  if (people.error) return <Failure what={words.instanceTab.unreadable} error={people.error} retry={people.refetch} />
  if (!people.data) return <SkeletonRows label={words.instanceTab.loading} rows={4} />
  return (
    <div className="grid gap-6">
      <NarrowedList
        rows={people.data}
        textOf={({ name, email }) => `${name} ${email}`}
        q={q}
        onSearch={onSearch}
        label={words.instanceTab.search}
        text={
          <>
            {words.instanceTab.accountsIn(people.data.length)}{' '}
            {me.data?.organization.name ?? words.instanceTab.thisInstance}
            {words.instanceTab.adminsCan}
          </>
        }
        add={
          <Button variant="primary" onClick={() => onOpen('add')}>
            <UserRoundPlus aria-hidden className="size-4" /> {words.instanceTab.invite}
          </Button>
        }
      >
        {(shown) => (
          <Table label={words.instanceTab.people}>
            <thead>
              <tr>
                <Th>{words.instanceTab.person}</Th>
                <Th className="max-sm:hidden">{words.instanceTab.instance}</Th>
                <Th className="max-sm:hidden">{words.instanceTab.twoFactor}</Th>
                <Th className="max-sm:hidden">{words.instanceTab.since}</Th>
                <ActionsTh />
              </tr>
            </thead>
            <VirtualRows
              rows={shown}
              idOf={({ id }) => id}
              height={81}
              render={(person, virtual) => (
                <PersonRow
                  key={person.id}
                  {...virtual}
                  person={person}
                  you={person.id === me.data?.id}
                  // Nobody can confirm an address by a mail that is never sent.
                  isDoubted={!person.emailVerified && status.data?.sendsMail === true}
                />
              )}
            />
          </Table>
        )}
      </NarrowedList>
      <InstanceInvitations />
      <SignInPolicy />
      <Drawer
        open={open === 'add'}
        onClose={() => onOpen(undefined)}
        title={words.instanceTab.invite}
        description={words.instanceTab.inviteText}
      >
        <InvitePerson onDone={() => onOpen(undefined)} />
      </Drawer>
    </div>
  )
}

function InstanceInvitations() {
  const { data, error, refetch } = trpc.people.invitations.useQuery()
  const invite = trpc.people.invite.useMutation()
  const revoke = trpc.people.revokeInvitation.useMutation()
  if (error) return <Failure what={words.instanceTab.invitationsCouldNotBe} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.instanceTab.loadingInvitations} rows={2} />
  return (
    <InvitationList
      invitations={data}
      onRenew={async ({ email, instanceAdmin }) => {
        const answer = await invite.mutateAsync({ email, instanceAdmin })
        await markStale('people.invite')
        return answer
      }}
      onRevoke={async ({ id }) => {
        await revoke.mutateAsync({ invitationId: id })
        await markStale('people.revokeInvitation')
      }}
    />
  )
}
