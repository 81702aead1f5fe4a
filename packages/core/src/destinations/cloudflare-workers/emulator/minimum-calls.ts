import type { MinimumCallsOf } from '../../minimum-calls.ts'

/**
 * One listing, and one merge patch per 100 changes, each a deployment of the Worker (`cloudflare` 7.3.0 and wrangler,
 * 2026-11-28).
 */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const calls = 1 + Math.ceil((creates + updates + deletes) / 100)
  return { requests: calls, rounds: calls, rateLimit: { burst: 1_200, refill: 1_200, intervalMs: 300_000 } }
}
