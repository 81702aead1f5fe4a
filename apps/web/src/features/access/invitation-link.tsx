import { ShownOnce } from '../../components/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions } from '../../components/ui/dialog.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Invited } from './types.ts'

/** How the invited person gets their link: by mail, which only they read, or handed over where there is no e-mail. */
export const InvitationLink = ({ invited, onDone }: { invited: Invited; onDone: () => void }) => (
  <div className="grid gap-4">
    <Way invited={invited} />
    <Actions>
      <Button variant="primary" onClick={onDone}>
        Done
      </Button>
    </Actions>
  </div>
)

function Way({ invited: { invitation, link, mailed } }: { invited: Invited }) {
  const email = invitation?.email ?? ''
  if (link !== null) {
    return (
      <>
        <p className="text-base">Hand this link to {email}. E-mail is not set up.</p>
        <ShownOnce
          label="invitation link"
          value={link}
          warning="It works once, within seven days. Anyone who has it can use it. Keyferry cannot show it again; a new one replaces it."
        />
      </>
    )
  }
  if (mailed)
    return (
      <p className="text-base">{email} gets a mail with a link that works once, for seven days. Nobody else sees it.</p>
    )
  return (
    <Notice kind="bad" title={`The mail to ${email} was not sent`}>
      The invitation is stored. When the mail settings work again, send it once more from the open invitations.
    </Notice>
  )
}
