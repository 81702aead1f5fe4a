import type { MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * One listing, and one merge patch per 100 changes, each a deployment of the Worker (`cloudflare` 7.3.0 and wrangler,
 * 2026-11-28).
 */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const writes = Math.ceil((creates + updates + deletes) / 100)
  const rateLimit = { burst: 1_200, refill: 1_200, intervalMs: 300_000 }
  return { requests: 1 + writes, writes, rounds: 1 + writes, checks: 0, rateLimit }
}
