import type { MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * One listing without pages, one upsert of all creates and updates, one delete of a batch of ids (`@vercel/sdk`
 * 1.28.35, 2026-11-28). The largest batch is not documented.
 */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const writes = (creates + updates > 0 ? 1 : 0) + (deletes > 0 ? 1 : 0)
  const rateLimit = { burst: 60, refill: 60, intervalMs: 60_000 }
  return { requests: 1 + writes, writes, rounds: 1 + writes, checks: 0, rateLimit }
}
