import { Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { ScopeList, ROLE_LABELS } from '../../components/role-labels.tsx'
import { Time } from '../../components/time.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { messageOf } from '../../lib/errors.ts'
import { toast } from '../../lib/toast.ts'
import { InvitationLink } from './invitation-link.tsx'
import type { Invitation, Invited } from './types.ts'

interface Props {
  invitations: readonly Invitation[]
  onRenew: (invitation: Invitation) => Promise<Invited>
  onRevoke: (invitation: Invitation) => Promise<unknown>
}

/** Open invitations. Their links are kept by nobody, so a lost one is replaced by a new one. */
export function InvitationList({ invitations, onRenew, onRevoke }: Props) {
  const [revoking, setRevoking] = useState<Invitation>()
  const [renewed, setRenewed] = useState<Invited>()
  const renew = async (invitation: Invitation) => {
    try {
      const answer = await onRenew(invitation)
      if (answer.member) toast.success(`${invitation.email} has an account by now, and is a member.`)
      else setRenewed(answer)
    } catch (error) {
      toast.error(messageOf(error))
    }
  }
  return (
    <>
      <Section
        title="Open invitations"
        text={
          invitations.length === 0
            ? 'None. People who are invited without an account are listed here until they accept.'
            : 'Who was invited and has not accepted yet. A link works for seven days.'
        }
      >
        {invitations.length > 0 ? (
          <ul aria-label="Open invitations" className="-my-4 divide-y divide-line">
            {invitations.map((invitation) => (
              <li key={invitation.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 text-sm">
                <span className="grid min-w-0 flex-1 basis-52">
                  <span className="font-medium break-all">{invitation.email}</span>
                  <span className="text-soft">
                    By {invitation.createdBy}, <Time iso={invitation.createdAt} />; ends{' '}
                    <Time iso={invitation.expiresAt} until />
                  </span>
                </span>
                <span className="flex flex-wrap items-center gap-2">
                  {invitation.role !== null
                    ? ROLE_LABELS[invitation.role].word
                    : invitation.instanceAdmin
                      ? 'Instance admin'
                      : 'Account only'}
                  {invitation.role !== null && <ScopeList scopes={invitation.scopes} />}
                </span>
                <span className="ml-auto flex">
                  <IconButton
                    icon={Link2}
                    label={`New link for ${invitation.email}`}
                    onClick={() => void renew(invitation)}
                  />
                  <IconButton
                    icon={Trash2}
                    label={`Revoke ${invitation.email}`}
                    onClick={() => setRevoking(invitation)}
                  />
                </span>
              </li>
            ))}
          </ul>
        ) : undefined}
      </Section>
      {revoking && (
        <Confirm
          title={`Revoke the invitation of ${revoking.email}?`}
          label="Revoke invitation"
          onConfirm={() => onRevoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          <p>The link stops working at once. You can invite them again.</p>
        </Confirm>
      )}
      <Dialog
        open={renewed !== undefined}
        onClose={() => setRenewed(undefined)}
        title="A new link"
        description="The one before it does not work any more."
      >
        {renewed && <InvitationLink invited={renewed} onDone={() => setRenewed(undefined)} />}
      </Dialog>
    </>
  )
}
