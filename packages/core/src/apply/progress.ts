import type { Context } from '@keyferry/kernel'
import { stopwatch } from '../lease/stopwatch.ts'
import { publishSync } from '../sync/publish.ts'

const EVERY_MS = 150

/** Reports a run's progress to the console, not more often than a person can see. */
export function progressReporter(
  ctx: Context,
  sync: { id: string; projectId: string },
): (done: number, total: number) => void {
  let sinceLast = (): number => Infinity
  return (done, total) => {
    if (sinceLast() < EVERY_MS && done < total) return
    sinceLast = stopwatch(ctx)
    publishSync(ctx, sync, 'running', { done, total })
  }
}
