import { Button } from './ui/button.tsx'
import { Actions, Dialog } from './ui/dialog.tsx'

interface Props {
  onStay: () => void
  onLeave: () => void
}

export const LeaveQuestion = ({ onStay, onLeave }: Props) => (
  <Dialog
    open
    onClose={onStay}
    title="Leave without saving?"
    description="What you typed on this page is not saved yet."
  >
    <Actions>
      <Button variant="primary" onClick={onStay}>
        Stay on this page
      </Button>
      <Button variant="quietDanger" onClick={onLeave}>
        Discard and leave
      </Button>
    </Actions>
  </Dialog>
)
