import { inFlight, type MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * One listing; an import per 100 writes, since a larger one takes longer than proxies wait (trigger.dev issue 1411);
 * every delete is a call (server source, 2026-08-21). Some variables are dropped without an error, so that writes are
 * verified by another listing.
 */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const imports = Math.ceil((creates + updates) / 100)
  return {
    requests: 1 + imports + deletes,
    writes: imports + deletes,
    rounds: 1 + inFlight(imports) + inFlight(deletes),
    checks: imports > 0 ? 1 : 0,
    rateLimit: { burst: 750, refill: 250, intervalMs: 10_000 },
  }
}
