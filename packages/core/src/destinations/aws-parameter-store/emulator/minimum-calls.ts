import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'
import { WRITES } from './throughput.ts'

/**
 * A page of DescribeParameters per 50 parameters, at least one: it shows the version of each, so no value is read. One
 * call for each create or update, one for ten deletes.
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 50))
  const writes = creates + updates + Math.ceil(deletes / 10)
  return { requests: pages + writes, writes, rounds: pages + inFlight(writes), checks: 0, rateLimit: WRITES }
}
