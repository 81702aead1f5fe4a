import { Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { ScopeList, ROLE_LABELS } from '../../components/pages/role-labels.tsx'
import { Time } from '../../components/time.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { toast } from '../../lib/toast.ts'
import { InvitationLink } from './invitation-link.tsx'
import type { Invitation, Invited } from './types.ts'
import { words } from './words.ts'

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
      if (answer.member) toast.success(words.invitationList.alreadyMember(invitation.email))
      else setRenewed(answer)
    } catch (error) {
      toast.error(messageOf(error))
    }
  }
  return (
    <>
      <Section
        title={words.invitationList.title}
        text={invitations.length === 0 ? words.invitationList.empty : words.invitationList.text}
      >
        {invitations.length > 0 ? (
          <ul aria-label={words.invitationList.title} className="-my-4 divide-y divide-line">
            {invitations.map((invitation) => (
              <li key={invitation.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 text-sm">
                <span className="grid min-w-0 flex-1 basis-52">
                  <span className="font-medium break-all">{invitation.email}</span>
                  <span className="text-soft">
                    {words.invitationList.by(invitation.createdBy)} <Time iso={invitation.createdAt} />
                    {words.invitationList.ends} <Time iso={invitation.expiresAt} until />
                  </span>
                </span>
                <span className="flex flex-wrap items-center gap-2">
                  {invitation.role !== null
                    ? ROLE_LABELS[invitation.role].word
                    : invitation.instanceAdmin
                      ? words.invitationList.instanceAdmin
                      : words.invitationList.accountOnly}
                  {invitation.role !== null && <ScopeList scopes={invitation.scopes} />}
                </span>
                <span className="ml-auto flex">
                  <IconButton
                    icon={Link2}
                    label={words.invitationList.newLinkFor(invitation.email)}
                    onClick={() => void renew(invitation)}
                  />
                  <IconButton
                    icon={Trash2}
                    label={words.invitationList.revoke(invitation.email)}
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
          title={words.invitationList.revokeTitle(revoking.email)}
          label={words.invitationList.revokeAction}
          onConfirm={() => onRevoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          <p>{words.invitationList.revokeConsequence}</p>
        </Confirm>
      )}
      <Dialog
        open={renewed !== undefined}
        onClose={() => setRenewed(undefined)}
        title={words.invitationList.newLinkTitle}
        description={words.invitationList.newLinkText}
      >
        {renewed && <InvitationLink invited={renewed} onDone={() => setRenewed(undefined)} />}
      </Dialog>
    </>
  )
}
