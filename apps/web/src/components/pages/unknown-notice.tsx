import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { words } from '../words.ts'

interface Props {
  /** Such as "run". */
  what: string
  why: string
  /** What the button says that leads on. */
  label: string
  onClose: () => void
}

/** In place of a part of the page that its address names and that is not there, or not for its reader. */
export const UnknownNotice = ({ what, why, label, onClose }: Props) => (
  <Notice
    kind="warn"
    title={words.unknownNotice.title(what)}
    action={
      <Button size="sm" onClick={onClose}>
        {label}
      </Button>
    }
  >
    {why}
  </Notice>
)
