import { messageOf } from '../lib/errors.ts'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'

/** What could not be read, why, and the way to try again. */
export const Failure = ({ what, error, retry }: { what: string; error: unknown; retry?: () => unknown }) => (
  <Notice
    kind="bad"
    title={what}
    action={
      retry && (
        <Button size="sm" onClick={() => void retry()}>
          Try again
        </Button>
      )
    }
  >
    {messageOf(error)}
  </Notice>
)
