import { markStale } from '../../../lib/server/stale.ts'
import { Failure } from '../../../components/failure.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import { InvitationList } from '../invitation-list.tsx'
import { words } from '../words.ts'

/** Who is invited to the project and did not come yet. */
export function Invitations({ projectId }: { projectId: string }) {
  const { data, error, refetch } = trpc.members.invitations.useQuery({ projectId })
  const invite = trpc.members.invite.useMutation()
  const revoke = trpc.members.revokeInvitation.useMutation()
  if (error) return <Failure what={words.invitations.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.invitations.loading} rows={2} />
  return (
    <InvitationList
      invitations={data}
      onRenew={async ({ email, role, scopes }) => {
        const answer = await invite.mutateAsync({ projectId, email, role: role ?? 'viewer', scopes })
        await markStale('members.invite')
        return answer
      }}
      onRevoke={async ({ id }) => {
        await revoke.mutateAsync({ projectId, invitationId: id })
        await markStale('members.revokeInvitation')
      }}
    />
  )
}
