import { useLeaveGuard } from '../lib/unsaved.ts'
import { Button } from './ui/button.tsx'
import { Actions, Dialog } from './ui/dialog.tsx'

/** Put once on a page with edits in place. */
export function LeaveGuard() {
  const { status, proceed, reset } = useLeaveGuard()
  if (status !== 'blocked') return null
  return (
    <Dialog
      open
      onClose={reset}
      title="Leave without saving?"
      description="What you typed on this page is not saved yet."
    >
      <Actions>
        <Button variant="primary" onClick={reset}>
          Stay on this page
        </Button>
        <Button variant="quietDanger" onClick={proceed}>
          Discard and leave
        </Button>
      </Actions>
    </Dialog>
  )
}
