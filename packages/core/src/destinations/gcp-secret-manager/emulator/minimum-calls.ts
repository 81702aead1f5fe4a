import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * A page has up to 25,000 secrets; a create is a secret and its first version, an update a new version (the protos and
 * quotas of the API, 2026-11-28). The token, which is kept for an hour, is not counted. 600 writes a minute is a
 * project's quota.
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 25_000))
  return {
    requests: pages + 2 * creates + updates + deletes,
    writes: 2 * creates + updates + deletes,
    // The two calls of a create wait for each other, ten creates side by side.
    rounds: pages + 2 * inFlight(creates) + inFlight(updates + deletes),
    checks: 0,
    rateLimit: { burst: 600, refill: 600, intervalMs: 60_000 },
  }
}
