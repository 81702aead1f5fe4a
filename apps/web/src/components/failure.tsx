import { useState } from 'react'
import { isLasting, messageOf } from '../lib/server/errors.ts'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'
import { words } from './words.ts'

/** What could not be read, why, and the way to try again where that may help; it may fail again. */
export function Failure({ what, error, retry }: { what: string; error: unknown; retry?: () => unknown }) {
  const [again, setAgain] = useState<{ error: unknown }>()
  const tryAgain = async () => {
    try {
      await retry?.()
    } catch (error) {
      setAgain({ error })
    }
  }
  const shown = again ? again.error : error
  return (
    <Notice
      kind="bad"
      title={what}
      action={
        retry &&
        !isLasting(shown) && (
          <Button size="sm" onClick={() => void tryAgain()}>
            {words.failure.tryAgain}
          </Button>
        )
      }
    >
      {messageOf(shown)}
    </Notice>
  )
}
