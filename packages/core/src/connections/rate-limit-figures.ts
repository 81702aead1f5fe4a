/** What the metrics say of the providers' rate limits. */
import { databaseTime } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { Sample } from '@keyferry/kernel/metrics'
import type { SharedBucket } from '../destinations/shared/rate-limits/shared-bucket.ts'
import { readBucket } from './shared-rate-limit.ts'

interface Limited extends Pick<SharedBucket, 'tokens' | 'reservedUntil' | 'pausedUntil'> {
  provider: string
  bucket: string
  /** By the database's clock, as the times in it. */
  now: number
}

/** Calls left in each bucket of a provider, of the account with the fewest, while calls are rationed. */
export async function vendorBudgets(ctx: Context): Promise<Sample[]> {
  const least = new Map<string, Sample>()
  for (const { provider, bucket, tokens, reservedUntil, now } of await buckets(ctx)) {
    if (tokens === null || reservedUntil <= now) continue
    const key = JSON.stringify([provider, bucket])
    const value = Math.min(tokens, least.get(key)?.value ?? Infinity)
    least.set(key, { labels: { provider, bucket }, value })
  }
  return [...least.values()]
}

/** How many accounts of each provider are paused. */
export async function vendorPauses(ctx: Context): Promise<Sample[]> {
  const paused = (await buckets(ctx)).filter(({ pausedUntil, now }) => pausedUntil > now)
  return [...Map.groupBy(paused, ({ provider }) => provider)].map(([provider, { length }]) => ({
    labels: { provider },
    value: length,
  }))
}

async function buckets(ctx: Context): Promise<Limited[]> {
  const rows = await ctx.db
    .selectFrom('paces')
    .innerJoin('connections', 'connections.id', 'paces.connectionId')
    .select(['connections.app as provider', 'paces.bucket', 'paces.state', databaseTime(ctx.db).as('now')])
    .execute()
  return rows.flatMap(({ provider, bucket, state, now }) => {
    const found = readBucket(state, now)
    return found ? [{ ...found, provider, bucket, now: Date.parse(now) }] : []
  })
}
