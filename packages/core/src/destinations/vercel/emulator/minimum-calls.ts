import type { MinimumCallsOf } from '../../minimum-calls.ts'

/**
 * One listing without pages, one upsert of all creates and updates, one delete of a batch of ids (`@vercel/sdk`
 * 1.28.35, 2026-11-28). The largest batch is not documented.
 */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const calls = 1 + (creates + updates > 0 ? 1 : 0) + (deletes > 0 ? 1 : 0)
  return { requests: calls, rounds: calls, rateLimit: { burst: 60, refill: 60, intervalMs: 60_000 } }
}
