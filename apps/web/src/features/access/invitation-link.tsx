import { ShownOnce } from '../../components/values/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions } from '../../components/ui/dialog.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Invited } from './types.ts'
import { words } from './words.ts'

/** How the invited person gets their link: by mail, which only they read, or handed over where there is no email. */
export const InvitationLink = ({ invited, onDone }: { invited: Invited; onDone: () => void }) => (
  <div className="grid gap-4">
    <Way invited={invited} />
    <Actions>
      <Button variant="primary" onClick={onDone}>
        {words.invitationLink.done}
      </Button>
    </Actions>
  </div>
)

function Way({ invited: { invitation, link, mailed } }: { invited: Invited }) {
  const email = invitation?.email ?? ''
  if (link !== null) {
    return (
      <>
        <p className="text-base">{words.invitationLink.handOver(email)}</p>
        <ShownOnce label={words.invitationLink.invitationLink} value={link} warning={words.invitationLink.linkText} />
      </>
    )
  }
  if (mailed) return <p className="text-base">{words.invitationLink.mailed(email)}</p>
  return (
    <Notice kind="bad" title={words.invitationLink.mailFailed(email)}>
      {words.invitationLink.mailFailedText}
    </Notice>
  )
}
