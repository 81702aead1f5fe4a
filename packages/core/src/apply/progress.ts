import type { Context } from '@keyferry/kernel'
import { publishSync } from '../sync/publish.ts'

const EVERY_MS = 150

/** Reports a run's progress to the console, not more often than a person can see. */
export function progressReporter(
  ctx: Context,
  sync: { id: string; projectId: string },
): (done: number, total: number) => void {
  let last = 0
  return (done, total) => {
    const now = ctx.now().getTime()
    if (now - last < EVERY_MS && done < total) return
    last = now
    publishSync(ctx, sync, 'running', { done, total })
  }
}
