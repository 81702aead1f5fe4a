import { inList } from '@keyferry/db'
import { DAY_MS, type Context } from '@keyferry/kernel'
import { DELIVERY_DAYS, type projectOverview } from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'

type DeliveryTimes = z.output<typeof projectOverview>['delivery']

/** How long the changes took that these syncs delivered within the last `DELIVERY_DAYS` days. One statement. */
export async function deliveryTimes(ctx: Context, syncIds: readonly string[]): Promise<DeliveryTimes> {
  const since = new Date(ctx.now().getTime() - DELIVERY_DAYS * DAY_MS).toISOString()
  const ranked = ctx.db
    .selectFrom('runs')
    .where((eb) => inList(ctx.db, eb.ref('syncId'), syncIds))
    .where('startedAt', '>=', since)
    .where('deliveredMs', 'is not', null)
    .select((eb) => [
      'deliveredMs',
      eb.fn
        .agg<number | string>('row_number')
        .over((over) => over.orderBy('deliveredMs'))
        .as('rank'),
      eb.fn.countAll<number | string>().over().as('deliveries'),
    ])
  const rows = await ctx.db
    .selectFrom(ranked.as('ranked'))
    // The nearest rank, rounded up in whole numbers.
    .where(sql<boolean>`rank in ((deliveries * 50 + 99) / 100, (deliveries * 95 + 99) / 100)`)
    .select(['deliveredMs', 'deliveries'])
    .orderBy('rank')
    .execute()
  return {
    deliveries: Number(rows[0]?.deliveries ?? 0),
    p50Ms: rows[0]?.deliveredMs ?? null,
    p95Ms: rows.at(-1)?.deliveredMs ?? null,
  }
}
