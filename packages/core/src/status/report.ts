import type { Context } from '@keyferry/kernel'
import type { DestinationError } from '../destinations/destination-error.ts'
import type { Plan } from '../plan/plan.ts'
import type { ActiveRun } from './record.ts'

interface Ended {
  /** `drift`: a repair. */
  kind: 'sync' | 'remove' | 'drift'
  state: string
  retryIn: number | null
  calls: number
  counts: Plan['summary'] | null
  deliveredMs: number | null
  errors: readonly DestinationError[]
}

/** A run that ended, for the log and the metrics. Messages may name keys, so the log gets kinds and counts instead. */
export function reportRun(ctx: Context, { id, sync, startedAt }: ActiveRun, ended: Ended): void {
  const { destination } = sync
  const { kind, state, retryIn, calls, counts, deliveredMs } = ended
  const ms = msSince(ctx, startedAt)
  const errors = [...new Set(ended.errors.map((error) => error.kind))]
  ctx.log.info(
    {
      sync: sync.name,
      destination,
      kind,
      state,
      ms,
      calls,
      counts,
      ...(errors.length > 0 ? { errors } : {}),
      retryInMs: retryIn,
    },
    'run ended',
  )
  ctx.tracing.annotate({ 'keyferry.run.id': id, 'keyferry.run.state': state, 'keyferry.run.calls': calls })
  ctx.metrics.runEnded({ destination, kind, state, seconds: ms / 1000 })
  if (deliveredMs !== null) ctx.metrics.delivered(destination, deliveredMs / 1000)
}

/** Milliseconds from the oldest change that a run delivered until now; null when it delivered none, or only a part. */
export const deliveryTime = (ctx: Context, { sync, kind }: ActiveRun, converged: boolean): number | null =>
  kind === 'sync' && converged && sync.behindSince !== null ? msSince(ctx, sync.behindSince) : null

const msSince = (ctx: Context, time: string): number => Math.max(0, ctx.now().getTime() - Date.parse(time))
