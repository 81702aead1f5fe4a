/** What the metrics say of all syncs together. */
import type { Context } from '@keyferry/kernel'
import type { Sample } from '@keyferry/kernel/metrics'
import { readPauses, whereNotPaused } from './pauses.ts'

/** How many syncs are in each state; those that are paused count as `paused` only. */
export async function syncsByState(ctx: Context): Promise<Sample[]> {
  const pauses = await readPauses(ctx, ctx.db)
  const [states, all] = await Promise.all([
    ctx.db
      .selectFrom('syncs')
      .where(whereNotPaused(ctx.db, pauses))
      .groupBy('state')
      .select((eb) => ['state', eb.fn.countAll<number | string>().as('count')])
      .execute(),
    ctx.db
      .selectFrom('syncs')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow(),
  ])
  // Postgres counts in text.
  const samples = states.map(({ state, count }) => ({ labels: { state }, value: Number(count) }))
  const running = samples.reduce((sum, { value }) => sum + value, 0)
  return [...samples, { labels: { state: 'paused' }, value: Number(all.count) - running }]
}

/** Seconds for which the sync that is behind the longest has been; 0 when none is. */
export async function oldestBehindSeconds(ctx: Context): Promise<number> {
  const { since } = await ctx.db
    .selectFrom('syncs')
    .where('autoSync', '=', 1)
    .where(whereNotPaused(ctx.db, await readPauses(ctx, ctx.db)))
    .select((eb) => eb.fn.min('behindSince').as('since'))
    .executeTakeFirstOrThrow()
  return since === null ? 0 : Math.max(0, ctx.now().getTime() - Date.parse(since)) / 1000
}
