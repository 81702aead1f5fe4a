import type { Context } from '@keyferry/kernel'

const EVERY_MS = 150

/** Tells the console how far a run is, not more often than a person can see. */
export function progressReporter(
  ctx: Context,
  sync: { id: string; projectId: string },
): (done: number, total: number) => void {
  let last = 0
  return (done, total) => {
    const now = ctx.now().getTime()
    if (now - last < EVERY_MS && done < total) return
    last = now
    ctx.events.publish({ kind: 'sync', projectId: sync.projectId, syncId: sync.id, state: 'running', done, total })
  }
}
