import type { Run } from '../../../lib/server/types.ts'

const HOUR_MS = 3_600_000
const HOURS = 24

export interface Hour {
  /** Milliseconds. */
  from: number
  runs: number
  /** How the worst of them ended; null without a run. */
  worst: Run['state'] | null
}

/** Worst first. */
const ORDER: readonly Run['state'][] = ['failed', 'blocked', 'partial', 'running', 'succeeded']

/** The last 24 hours before `now`, milliseconds, the oldest first. */
export function runsByHour(runs: readonly Pick<Run, 'startedAt' | 'state'>[], now: number): Hour[] {
  return Array.from({ length: HOURS }, (_, index) => {
    const from = now - (HOURS - index) * HOUR_MS
    const states = runs.flatMap(({ startedAt, state }) => {
      const at = Date.parse(startedAt)
      return at >= from && at < from + HOUR_MS ? state : []
    })
    return { from, runs: states.length, worst: ORDER.find((state) => states.includes(state)) ?? null }
  })
}
