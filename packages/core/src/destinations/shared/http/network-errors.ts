import { ClosedHost } from '@keyferry/kernel/network'
import { networkProblem } from '@keyferry/kernel/network-problem'
import { DestinationError } from '../../destination-error.ts'

/** An answer that never came. */
export function networkError(host: string, error: unknown, timedOutMs: number | null): DestinationError {
  const problem = networkProblem(host, error, timedOutMs)
  // No network problem: a bug in Keyferry, which must not look like an outage.
  if (problem === null) throw error
  return new DestinationError(error instanceof ClosedHost ? 'rejected' : 'unavailable', problem)
}
