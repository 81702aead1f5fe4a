import { useLeaveGuard } from '../../lib/forms/unsaved.ts'
import { onDemand } from '../on-demand.tsx'

const LeaveQuestion = onDemand(async () => (await import('./leave-question.tsx')).LeaveQuestion)

/** Asks before what is typed on a page is lost by leaving it. */
export function LeaveGuard() {
  const { status, proceed, reset } = useLeaveGuard()
  if (status !== 'blocked') return null
  return <LeaveQuestion onStay={reset} onLeave={proceed} />
}
