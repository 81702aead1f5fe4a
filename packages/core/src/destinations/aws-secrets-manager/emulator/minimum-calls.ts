import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'
import { WRITES } from './quotas.ts'

/**
 * A key is a secret: a page of the list per 100 of them, at least one. It shows the version of each, so no value is
 * read. One call for each change.
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 100))
  const writes = creates + updates + deletes
  return { requests: pages + writes, writes, rounds: pages + inFlight(writes), checks: 0, rateLimit: WRITES }
}
