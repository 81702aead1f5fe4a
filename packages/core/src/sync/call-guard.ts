import type { Context } from '@keyferry/kernel'
import type { Lease } from '../lease/lease.ts'
import { stopwatch } from '../lease/stopwatch.ts'
import { storedOptions } from './due.ts'
import { isPaused, readPauses } from './pauses.ts'

/**
 * Thrown into a run, a drift check or a cleanup when a pause begins, or when the options that it acts on are changed:
 * what has landed stays, and the rest stays due.
 */
export class StopRequested extends Error {
  constructor() {
    super('the sync was paused, or has other options')
    this.name = 'StopRequested'
  }
}

/** Changes that delete a key's value before they write the next. */
export interface Replacements {
  /** Awaited before the first call of one; throws `StopRequested`. */
  begin(key: string): Promise<void>
  /** It has landed, or failed. */
  end(key: string): void
}

export interface CallGuard {
  /** Awaited before every call to the provider; throws `LeaseLost` and `StopRequested`. */
  guard: () => Promise<void>
  replacements: Replacements
}

const ASKED_EVERY_MS = 1000

/**
 * Ends a job of the sync within a second or so of a pause or of a change of its options. Replacements that have begun
 * end first: a key whose value is gone may be one that no later run writes. `sinceRead`: milliseconds since the caller
 * read `sync` and the pauses; left out, the first call reads them. The lease comes last: a process may be stopped for
 * longer than its lease while it waits for the store.
 */
export function callGuard(
  ctx: Context,
  lease: Pick<Lease, 'check'>,
  sync: { id: string; projectId: string; options: string },
  sinceRead: () => number = () => Infinity,
): CallGuard {
  let asked = sinceRead
  let isStopped = false
  const replaced = new Set<string>()
  const ask = async (): Promise<void> => {
    if (isStopped || asked() < ASKED_EVERY_MS) return
    asked = stopwatch(ctx)
    const [pauses, options] = await Promise.all([readPauses(ctx, ctx.db), storedOptions(ctx.db, sync.id)])
    // A run whose sync is gone ends as `runSync` says.
    isStopped = isPaused(pauses, sync) || (options !== null && options !== sync.options)
  }
  return {
    async guard() {
      await ask()
      if (isStopped && replaced.size === 0) throw new StopRequested()
      await lease.check()
    },
    replacements: {
      async begin(key) {
        await ask()
        if (isStopped) throw new StopRequested()
        replaced.add(key)
      },
      end: (key) => void replaced.delete(key),
    },
  }
}
