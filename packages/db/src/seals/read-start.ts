/**
 * When a read began, on this process's steady clock, in milliseconds. What ended later was still valid for it and may
 * be in its answer: a change can commit, and be heard of, while rows from before it are on their way.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

interface Snapshot {
  start: number
  isOver: boolean
}
const snapshots = new AsyncLocalStorage<Snapshot>()

/** When the read that begins here counts as begun: with its snapshot, or now. */
export function readStart(): number {
  const snapshot = snapshots.getStore()
  return snapshot && !snapshot.isOver ? snapshot.start : performance.now()
}

/** Runs `work`, whose reads all see the store as it is now. */
export async function inSnapshot<T>(work: () => Promise<T>): Promise<T> {
  const snapshot = { start: performance.now(), isOver: false }
  try {
    return await snapshots.run(snapshot, work)
  } finally {
    // Something that `work` started may live on.
    snapshot.isOver = true
  }
}
