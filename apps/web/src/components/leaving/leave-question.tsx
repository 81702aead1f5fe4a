import { Button } from '../ui/button.tsx'
import { Actions, Dialog } from '../ui/dialog.tsx'
import { words } from '../words.ts'

interface Props {
  onStay: () => void
  onLeave: () => void
}

export const LeaveQuestion = ({ onStay, onLeave }: Props) => (
  <Dialog open onClose={onStay} title={words.leaveQuestion.title} description={words.leaveQuestion.text}>
    <Actions>
      <Button variant="primary" onClick={onStay}>
        {words.leaveQuestion.stayOnPage}
      </Button>
      <Button variant="quietDanger" onClick={onLeave}>
        {words.leaveQuestion.discardLeave}
      </Button>
    </Actions>
  </Dialog>
)
