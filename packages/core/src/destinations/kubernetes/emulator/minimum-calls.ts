import type { MinimumCallsOf } from '../../minimum-calls.ts'

/** One read of the secret, and one patch for all changes together (Kubernetes' API reference, 2026-11-28). */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const calls = creates + updates + deletes === 0 ? 1 : 2
  return { requests: calls, rounds: calls, rateLimit: null }
}
