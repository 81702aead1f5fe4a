import type { Context } from '@keyferry/kernel'
import type { DestinationError } from '../destinations/destination-error.ts'
import type { Plan } from '../plan/plan.ts'
import type { ActiveRun } from './record.ts'

interface Ended {
  /** `drift`: a repair. */
  kind: 'sync' | 'remove' | 'drift'
  state: string
  retryIn: number | null
  converged: boolean
  calls: number
  counts: Plan['summary'] | null
  errors: readonly DestinationError[]
}

/** A run that ended, for the log and the metrics. Messages may name keys, so the log gets kinds and counts instead. */
export function reportRun(ctx: Context, { sync, startedAt }: ActiveRun, ended: Ended): void {
  const { destination } = sync
  const { kind, state, retryIn, converged, calls, counts } = ended
  const since = (time: string): number => Math.max(0, ctx.now().getTime() - Date.parse(time))
  const ms = since(startedAt)
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
  ctx.metrics.runEnded({ destination, kind, state, seconds: ms / 1000 })
  if (kind === 'sync' && converged && sync.behindSince !== null)
    ctx.metrics.delivered(destination, since(sync.behindSince) / 1000)
}
