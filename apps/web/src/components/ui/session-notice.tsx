import { LogIn } from 'lucide-react'
import { useIsSessionOver } from '../../lib/session/session.ts'
import { Bar } from './bar.tsx'
import { Button } from './button.tsx'
import { words } from './words.ts'

/** Says that the session is over, and leads to a new one: on the page, and in what lies over it. */
export function SessionNotice() {
  if (!useIsSessionOver()) return null
  return (
    <Bar>
      <LogIn aria-hidden className="size-4" /> {words.sessionNotice.over}
      <Button asChild size="sm">
        <a href="/sign-in" target="_blank" rel="noreferrer">
          {words.sessionNotice.signIn}
        </a>
      </Button>
    </Bar>
  )
}
