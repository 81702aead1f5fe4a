import type { Context } from '@keyferry/kernel'

/**
 * Milliseconds since now, by the clock that says more: one stands still while a machine sleeps, the other can be put
 * back.
 */
export function stopwatch(ctx: Pick<Context, 'now'>): () => number {
  const [wall, steady] = [ctx.now().getTime(), performance.now()]
  return () => Math.max(ctx.now().getTime() - wall, performance.now() - steady)
}
