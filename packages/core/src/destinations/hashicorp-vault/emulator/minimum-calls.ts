import type { MinimumCallsOf } from '../../shared/emulators/minimum-calls.ts'

/**
 * One read of the document, and one write for all changes together (Vault's API documents, 2026-11-28). Where there is
 * no document yet, the version of the mount is looked up: the wrong one fails silently.
 */
export const minimumCalls: MinimumCallsOf = ({ held, creates, updates, deletes }) => {
  const writes = creates + updates + deletes === 0 ? 0 : 1
  return { requests: 1 + writes, writes, rounds: 1 + writes, checks: held === 0 ? 1 : 0, rateLimit: null }
}
