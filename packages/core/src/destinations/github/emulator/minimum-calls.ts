import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * A listing page per 100 secrets, at least one; the public key beside it when something is written; a call for each
 * change. A write takes five of 900 points a minute, which leaves 180. Calls that create content have 80 a minute,
 * which counts here since it may be meant for secrets too (docs.github.com, 2026-11-28).
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 100))
  const keys = creates + updates > 0 ? 1 : 0
  const writes = creates + updates + deletes
  return {
    requests: pages + keys + writes,
    writes,
    rounds: pages + inFlight(writes),
    checks: 0,
    rateLimit: { burst: 80, refill: 80, intervalMs: 60_000 },
  }
}
