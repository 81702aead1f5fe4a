import type { MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/** One read of the secret, and one patch for all changes together (Kubernetes' API reference, 2026-11-28). */
export const minimumCalls: MinimumCallsOf = ({ creates, updates, deletes }) => {
  const writes = creates + updates + deletes === 0 ? 0 : 1
  return { requests: 1 + writes, writes, rounds: 1 + writes, checks: 0, rateLimit: null }
}
