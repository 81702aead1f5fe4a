import { inFlight, type MinimumCallsOf } from '../../minimum-calls.ts'

/** One listing; all writes fit one import; every delete is a call (server source, 2026-08-21). */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const imports = creates + updates > 0 ? 1 : 0
  return {
    requests: 1 + imports + deletes,
    rounds: 1 + imports + inFlight(deletes),
    rateLimit: { burst: 750, refill: 250, intervalMs: 10_000 },
  }
}
