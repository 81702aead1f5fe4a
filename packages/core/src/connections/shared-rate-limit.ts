import { databaseTime, inList, batchLoader, type Db } from '@keyferry/db'
import { transactWithoutDiskWait, type Context, type Tx } from '@keyferry/kernel'
import { z } from 'zod'
import type { SharedRateLimit } from '../destinations/rate-limiter.ts'
import { needsReservation, refuse, reserve, type SharedBucket } from '../destinations/shared-bucket.ts'

/** What was read stays good for as long, in milliseconds: the buckets of a run are read together. */
const REMEMBERED_MS = 500

/** A row of an earlier version is not one: what it knew is forgotten. */
const stored: z.ZodType<SharedBucket> = z.object({
  reservedUntil: z.number(),
  pausedUntil: z.number(),
  tokens: z.number().nullable(),
  refillsAt: z.number(),
  window: z.number().nullable(),
  awaitsReport: z.boolean(),
  waiting: z.array(z.object({ process: z.string(), until: z.number() })),
})

/** Null: a row of an earlier version, or one that is only locked yet. */
export const readBucket = (state: string): SharedBucket | null => stored.safeParse(JSON.parse(state)).data ?? null

/**
 * The rate limits of a connection's account, shared by all processes through the store. One row per bucket, from when
 * it becomes tight; until then a run costs one look. Times are the database's, so it is no matter whose clock is wrong.
 * A store that fails does not stop a call.
 */
export function sharedRateLimit(ctx: Context, connectionId: string): SharedRateLimit {
  let last: { at: number; buckets: Promise<ReadonlySet<string>> } | null = null

  const reserved = async (): Promise<ReadonlySet<string>> => {
    const rows = await buckets(ctx.db, connectionId)
    return new Set(
      rows
        .filter(({ state, now }) => needsReservation(readBucket(state), Date.parse(now), null))
        .map(({ bucket }) => bucket),
    )
  }

  const update = <T extends { bucket: SharedBucket }>(
    bucket: string,
    next: (bucket: SharedBucket | null, now: number) => T,
  ): Promise<T> =>
    transactWithoutDiskWait(ctx, async (tx) => {
      const found = (await lock(ctx, tx, connectionId, bucket)) ?? (await make(ctx, tx, connectionId, bucket))
      const result = next(readBucket(found.state), Date.parse(found.now))
      await tx
        .updateTable('paces')
        .set({ state: JSON.stringify(result.bucket) })
        .where('connectionId', '=', connectionId)
        .where('bucket', '=', bucket)
        .execute()
      return result
    })

  const orElse = async <T>(fallback: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      ctx.log.warn({ err: error, connectionId }, 'the rate limit is not shared with other processes')
      return fallback
    }
  }

  return {
    needsReservation: (bucket) =>
      orElse(false, async () => {
        const now = performance.now()
        if (last === null || now - last.at > REMEMBERED_MS) last = { at: now, buckets: reserved() }
        return (await last.buckets).has(bucket)
      }),
    reserve: (bucket, reservation) =>
      orElse({ isReserved: false }, async () => {
        const { grant } = await update(bucket, (found, now) => reserve(found, now, reservation))
        return grant
      }),
    refused: (bucket, refusal) =>
      orElse(undefined, async () => {
        await update(bucket, (found, now) => ({ bucket: refuse(found, now, refusal) }))
      }),
  }
}

const buckets = batchLoader(async (db: Db, connectionIds: readonly string[]) => {
  const rows = await db
    .selectFrom('paces')
    .where((eb) => inList(db, eb.ref('connectionId'), connectionIds))
    .select(['connectionId', 'bucket', 'state', databaseTime(db).as('now')])
    .execute()
  const byConnection = Map.groupBy(rows, (row) => row.connectionId)
  return (connectionId) => byConnection.get(connectionId) ?? []
})

/** Holds the row until the transaction ends. */
const lock = (
  ctx: Context,
  tx: Tx,
  connectionId: string,
  bucket: string,
): Promise<{ state: string; now: string } | undefined> =>
  tx
    .selectFrom('paces')
    .where('connectionId', '=', connectionId)
    .where('bucket', '=', bucket)
    .select(['state', databaseTime(ctx.db).as('now')])
    .forUpdate()
    .executeTakeFirst()

async function make(
  ctx: Context,
  tx: Tx,
  connectionId: string,
  bucket: string,
): Promise<{ state: string; now: string }> {
  await tx
    .insertInto('paces')
    .values({ connectionId, bucket, state: 'null' })
    .onConflict((conflict) => conflict.columns(['connectionId', 'bucket']).doNothing())
    .execute()
  const made = await lock(ctx, tx, connectionId, bucket)
  if (!made) throw new Error('the row of a connection’s rate limit vanished')
  return made
}
