import pLimit from 'p-limit'
import { DestinationError, type Change, type Report } from './destination.ts'

/**
 * Applies changes one call each, at most `concurrency` at a time, for vendors without a batch write. `carryOut` makes
 * the calls of one change and returns the ids that the key has afterwards.
 *
 * A refused or unclear key doesn't stop the others. Other trouble concerns the whole target: nothing more is started,
 * what was started ends and is reported, and then this rejects with it. `concernsTarget` adds to what counts as such.
 */
export async function applyEach(
  changes: readonly Change[],
  report: Report,
  carryOut: (change: Change) => Promise<readonly string[]>,
  { concurrency, concernsTarget }: { concurrency: number; concernsTarget?: () => boolean },
): Promise<void> {
  const limit = pLimit(concurrency)
  let stopped: { error: unknown } | undefined
  const apply = async (change: Change): Promise<void> => {
    try {
      // A slot is held for calls only: a change that landed is written down while the next call is on its way.
      const ids = await limit(() => (stopped ? null : carryOut(change)))
      if (ids !== null) await report.done(change, ids)
    } catch (error) {
      if (error instanceof DestinationError) await report.failed(change, error)
      if (!concernsOneKey(error) || concernsTarget?.()) stopped ??= { error }
    }
  }
  // Waits for all of them, so that nothing is still being written when this returns or throws.
  const ended = await Promise.allSettled(changes.map(apply))
  if (stopped) throw stopped.error
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

/** A refused value, or one answer that stayed unclear, says nothing about the next key. */
const concernsOneKey = (error: unknown): boolean =>
  error instanceof DestinationError && (error.kind === 'rejected' || error.kind === 'unavailable')
