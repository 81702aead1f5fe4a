/** Milliseconds for which the jobs of a sync wait after one that met a burst of changes: the next delivers the rest. */
const GATHER_MS = 200
/** By which a timer of this process may be earlier than the clock of the queue's database. */
const CLOCK_MS = 20

export interface Bursts {
  /** Jobs of this sync wait from now on. */
  met(syncId: string): void
  /** Milliseconds that a job of this sync still has to wait. */
  left(syncId: string): number
  /** A job that waits so long is in the queue. */
  sent(syncId: string, waits: number): void
}

/**
 * The syncs whose changes are being gathered, as far as this process knows: others send their jobs at once. `isTime` is
 * called when a job has waited, since no database tells of that.
 */
export function bursts(isTime: () => void): Bursts {
  const gathering = new Map<string, { until: number; timer: NodeJS.Timeout }>()
  const timer = (syncId: string, waits: number): NodeJS.Timeout =>
    setTimeout(() => {
      gathering.delete(syncId)
      isTime()
    }, waits + CLOCK_MS).unref()
  return {
    met(syncId) {
      clearTimeout(gathering.get(syncId)?.timer)
      gathering.set(syncId, { until: performance.now() + GATHER_MS, timer: timer(syncId, GATHER_MS) })
    },
    left: (syncId) => Math.max(0, (gathering.get(syncId)?.until ?? 0) - performance.now()),
    sent(syncId, waits) {
      const { until = performance.now() + waits, timer: earlier } = gathering.get(syncId) ?? {}
      clearTimeout(earlier)
      gathering.set(syncId, { until, timer: timer(syncId, waits) })
    },
  }
}
