/** When a run that failed is worth another try. Pure but for the clock. */
import type { Context } from '@keyferry/kernel'
import type { DestinationError } from '../destinations/destination-error.ts'
import { LONGEST_BACK_OFF_MS } from '../sync/due.ts'

const FIRST_MS = 2_000

/**
 * Milliseconds until the next try, or null when only a change can help: a wrong credential, a missing target and a
 * refusal stay what they are. Throttling waits as the vendor said; everything else backs off, doubling from 2 s to 15
 * min, without an end: however long the vendor is down, the change arrives.
 */
export function retryDelay(
  ctx: Pick<Context, 'now'>,
  attempts: number,
  errors: readonly DestinationError[],
): number | null {
  const passing = errors.filter(isPassing)
  if (errors.length > 0 && passing.length === 0) return null
  const backOff = Math.min(FIRST_MS * 2 ** attempts, LONGEST_BACK_OFF_MS)
  const told = passing.flatMap((error) => (error.retryAt ? [error.retryAt.getTime() - ctx.now().getTime()] : []))
  return Math.min(Math.max(backOff, ...told), LONGEST_BACK_OFF_MS)
}

/** Whether the trouble may end without any change. */
export const isPassing = ({ kind }: DestinationError): boolean => kind === 'throttled' || kind === 'unavailable'
