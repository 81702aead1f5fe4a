import type { Context } from '@keyferry/kernel'
import type { Lease } from '../lease/lease.ts'
import { stopwatch } from '../lease/stopwatch.ts'
import { isPaused, readPauses } from './pauses.ts'

/** Thrown into a run, a drift check or a cleanup when a pause begins: what has landed stays, and the rest stays due. */
export class PauseBegan extends Error {
  constructor() {
    super('the sync was paused')
    this.name = 'PauseBegan'
  }
}

const ASKED_EVERY_MS = 1000

/**
 * Awaited before every call that a job of the sync makes to the vendor: throws `LeaseLost`, and `PauseBegan` within a
 * second or so of a pause. `sinceRead`: milliseconds since the caller read the pauses; left out, the first call reads
 * them. The lease comes last: a process may be stopped for longer than its lease while it waits for the store.
 */
export function callGuard(
  ctx: Context,
  lease: Pick<Lease, 'check'>,
  sync: { id: string; projectId: string },
  sinceRead: () => number = () => Infinity,
): () => Promise<void> {
  let asked = sinceRead
  return async () => {
    if (asked() >= ASKED_EVERY_MS) {
      asked = stopwatch(ctx)
      if (isPaused(await readPauses(ctx, ctx.db), sync)) throw new PauseBegan()
    }
    await lease.check()
  }
}
