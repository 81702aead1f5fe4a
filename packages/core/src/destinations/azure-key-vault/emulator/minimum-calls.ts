import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * A page has 25 names, and only an answer leads to the next; then a call each (Azure's REST reference, 2026-11-28). The
 * token, which is kept for an hour, is not counted. 300 new versions in ten seconds is the limit of a vault.
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 25))
  const changes = creates + updates + deletes
  return {
    requests: pages + changes,
    writes: changes,
    rounds: pages + inFlight(changes),
    checks: 0,
    rateLimit: { burst: 300, refill: 300, intervalMs: 10_000 },
  }
}
