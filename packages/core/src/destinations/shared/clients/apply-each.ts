import pLimit from 'p-limit'
import { concernsTarget as concernsAllKeys, DestinationError } from '../../destination-error.ts'
import type { Change, Report } from '../../destination.ts'

interface Options {
  concurrency: number
  /** The vendor has no update: a changed value is a delete and a create. */
  replaces?: true
  /** Adds to what concerns the whole target. */
  concernsTarget?: () => boolean
}

/**
 * Applies changes one call each, at most `concurrency` at a time, for vendors without a batch write. `carryOut` makes
 * the calls of one change and returns the ids that the key has afterwards.
 *
 * A refused or unclear key doesn't stop the others. Other trouble concerns the whole target: nothing more is started,
 * what was started ends and is reported, and then this rejects with it.
 *
 * A replacement costs the old value when its create fails, as each would with a credential that may only delete. So
 * replacements go alone until one write has worked, and one that fails then without a refusal of its value stops them.
 */
export async function applyEach(
  changes: readonly Change[],
  report: Report,
  carryOut: (change: Change) => Promise<readonly string[]>,
  { concurrency, replaces, concernsTarget }: Options,
): Promise<void> {
  const limit = pLimit(concurrency)
  const oneByOne = pLimit(1)
  let hasWritten = false
  let stopped: { error: unknown } | undefined
  const isRisky = (change: Change): boolean => replaces === true && change.action === 'update' && !hasWritten
  /** A slot is held for calls only: a change that landed is written down while the next call is on its way. */
  const call = (change: Change, isAlone = false): Promise<readonly string[] | null> =>
    limit(async () => {
      if (stopped) return null
      try {
        const ids = await carryOut(change)
        hasWritten ||= change.action !== 'delete'
        return ids
      } catch (error) {
        // Before anything else can begin.
        if (!concernsOneKey(error, isAlone) || concernsTarget?.()) stopped ??= { error }
        throw error
      }
    })
  const apply = async (change: Change): Promise<void> => {
    try {
      const alone = isRisky(change)
        ? await oneByOne(() => (isRisky(change) ? call(change, true) : undefined))
        : undefined
      const ids = alone ?? (await call(change))
      if (ids !== null) await report.done(change, ids)
    } catch (error) {
      if (error instanceof DestinationError) await report.failed(change, error)
      else stopped ??= { error }
    }
  }
  // Waits for all of them, so that nothing is still being written when this returns or throws.
  const ended = await Promise.allSettled(changes.map(apply))
  if (stopped) throw stopped.error
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

/** A refused value, a conflict, or one answer that stayed unclear, says nothing about the next key. */
const concernsOneKey = (error: unknown, isAlone: boolean): boolean =>
  error instanceof DestinationError && !concernsAllKeys(error) && !(error.kind === 'unavailable' && isAlone)
