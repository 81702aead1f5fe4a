import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * A listing page per 200 secrets, at least one; a create or a delete each; no update, so a change is both (OpenAPI
 * document, 2026-06).
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const pages = Math.max(1, Math.ceil(held / 200))
  // The two calls of an update wait for each other, ten updates side by side.
  return {
    requests: pages + creates + 2 * updates + deletes,
    writes: creates + 2 * updates + deletes,
    rounds: pages + inFlight(creates + deletes) + 2 * inFlight(updates),
    checks: 0,
    rateLimit: null,
  }
}
