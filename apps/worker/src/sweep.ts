import type { Context, Queue } from '@keyferry/core/context'
import { dueSyncs } from '@keyferry/core/sync/sweep'

const EVERY_MS = 5_000

/**
 * Sends a job for every sync that is due, now and every five seconds: what the queue lost, what a crash left between commit and send,
 * and what waited out a back-off. A sweep that still runs is not started again.
 */
export function startSweep(ctx: Context, queue: Queue): { stop(): void } {
  let sweeping = false
  const sweep = async (): Promise<void> => {
    if (sweeping) return
    sweeping = true
    try {
      await queue.wake(await dueSyncs(ctx))
    } catch (error) {
      ctx.log.warn({ err: error }, 'the sweep for due syncs failed; it is tried again')
    } finally {
      sweeping = false
    }
  }
  const timer = setInterval(() => void sweep(), EVERY_MS)
  void sweep()
  return { stop: () => clearInterval(timer) }
}
