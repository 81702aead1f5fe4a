import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'
import { RATE_LIMIT } from './rate-limit.ts'

/** A listing page per 100 variables, at least one, and a call for each change (docs.gitlab.com, 2026-11-28). */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 100))
  const writes = creates + updates + deletes
  return { requests: pages + writes, writes, rounds: pages + inFlight(writes), checks: 0, rateLimit: RATE_LIMIT }
}
