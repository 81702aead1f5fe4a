import { inList } from '@keyferry/db'
import { HOUR_MS, type Context } from '@keyferry/kernel'
import { ACTIVITY_HOURS, type projectOverview } from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'

type RunsOfHour = z.output<typeof projectOverview>['hours'][number]

/** As much of a stored time as names its hour: `2026-11-28T19`. */
const HOUR_LENGTH = 13
const hourOf = (time: string): string => time.slice(0, HOUR_LENGTH)

/** The finished runs of these syncs, for each of the last `ACTIVITY_HOURS` hours, the oldest first. One statement. */
export async function runsByHour(ctx: Context, syncIds: readonly string[]): Promise<RunsOfHour[]> {
  const current = Math.floor(ctx.now().getTime() / HOUR_MS) * HOUR_MS
  const hours = Array.from({ length: ACTIVITY_HOURS }, (_, index): RunsOfHour => {
    const from = new Date(current - (ACTIVITY_HOURS - 1 - index) * HOUR_MS).toISOString()
    return { from, succeeded: 0, failed: 0 }
  })
  const byHour = new Map(hours.map((hour) => [hourOf(hour.from), hour]))
  const rows = await ctx.db
    .selectFrom('runs')
    .where((eb) => inList(ctx.db, eb.ref('syncId'), syncIds))
    .where('startedAt', '>=', hours[0]?.from ?? '')
    .where('state', '!=', 'running')
    .select((eb) => [
      sql<string>`substr(${eb.ref('startedAt')}, 1, ${sql.lit(HOUR_LENGTH)})`.as('hour'),
      eb.case().when('state', '=', 'succeeded').then(1).else(0).end().as('succeeded'),
      eb.fn.countAll<number | string>().as('runs'),
    ])
    .groupBy(['hour', 'succeeded'])
    .execute()
  for (const { hour, succeeded, runs } of rows) {
    const counted = byHour.get(hour)
    if (counted) counted[succeeded === 1 ? 'succeeded' : 'failed'] = Number(runs)
  }
  return hours
}
