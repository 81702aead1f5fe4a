import { ShownOnce } from '../../components/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions } from '../../components/ui/dialog.tsx'
import type { Invited } from './types.ts'

/** The link that makes the account, once. */
export const InvitationLink = ({ invited, onDone }: { invited: Invited; onDone: () => void }) => (
  <div className="grid gap-4">
    <p className="text-base">
      {invited.mailed
        ? `${invited.invitation?.email} gets a mail with this link. You may hand it over as well.`
        : `Hand this link to ${invited.invitation?.email}. No mail was sent.`}
    </p>
    <ShownOnce
      label="invitation link"
      value={invited.link ?? ''}
      warning="It works once, for seven days, for whoever opens it. Keyferry cannot show it again; a new one takes its place."
    />
    <Actions>
      <Button variant="primary" onClick={onDone}>
        Done
      </Button>
    </Actions>
  </div>
)
