import { batchLoader, databaseTime, inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import { transactWithoutDiskWait, type Context, type Tx } from '@keyferry/kernel'
import { z } from 'zod'
import type { SharedRateLimit } from '../destinations/shared/rate-limits/rate-limiter.ts'
import {
  isPossible,
  needsReservation,
  refuse,
  reserve,
  type SharedBucket,
} from '../destinations/shared/rate-limits/shared-bucket.ts'

/** What was read stays good for as long, in milliseconds: the buckets of a run are read together. */
const REMEMBERED_MS = 500

const stored: z.ZodType<SharedBucket> = z.object({
  reservedUntil: z.number(),
  pausedUntil: z.number(),
  tokens: z.number().nullable(),
  refillsAt: z.number(),
  window: z.number().nullable(),
  awaitsReport: z.boolean(),
  waiting: z.array(z.object({ process: z.string(), until: z.number() })),
})

/** Null: a row of an earlier version, one that is only locked yet, or one from before the clock was set back. */
export function readBucket(state: string, now: string): SharedBucket | null {
  const bucket = stored.safeParse(JSON.parse(state)).data
  return bucket && isPossible(bucket, Date.parse(now)) ? bucket : null
}

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
        .filter(({ state, now }) => needsReservation(readBucket(state, now), Date.parse(now), null))
        .map(({ bucket }) => bucket),
    )
  }

  const update = <T extends { bucket: SharedBucket }>(
    bucket: string,
    next: (bucket: SharedBucket | null, now: number) => T,
  ): Promise<T> =>
    transactWithoutDiskWait(ctx, async (tx) => {
      const key = { connectionId, bucket }
      const found = (await lock(tx, key)) ?? (await make(tx, key))
      const result = next(readBucket(found.state, found.now), Date.parse(found.now))
      await keep(tx, { ...key, state: JSON.stringify(result.bucket) })
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
  const byConnection = Map.groupBy(await bucketsOf(db, { connectionIds }), (row) => row.connectionId)
  return (connectionId) => byConnection.get(connectionId) ?? []
})

const bucketsOf = keptQuery((db, slot: Slot<{ connectionIds: readonly string[] }>) =>
  db
    .selectFrom('paces')
    .where((eb) => inList(db, eb.ref('connectionId'), slot('connectionIds')))
    .select(['connectionId', 'bucket', 'state', databaseTime(db).as('now')]),
)

interface BucketKey {
  connectionId: string
  bucket: string
}

interface Found {
  state: string
  now: string
}

/** Holds the row until the transaction ends. */
const lock = async (tx: Tx, key: BucketKey): Promise<Found | undefined> => (await lockRow(tx, key))[0]

const lockRow = keptQuery((db, slot: Slot<BucketKey>) =>
  db
    .selectFrom('paces')
    .where('connectionId', '=', slot('connectionId'))
    .where('bucket', '=', slot('bucket'))
    .select(['state', databaseTime(db).as('now')])
    .forUpdate(),
)

const keep = keptQuery((db, slot: Slot<BucketKey & { state: string }>) =>
  db
    .updateTable('paces')
    .set({ state: slot('state') })
    .where('connectionId', '=', slot('connectionId'))
    .where('bucket', '=', slot('bucket')),
)

async function make(tx: Tx, key: BucketKey): Promise<Found> {
  await tx
    .insertInto('paces')
    .values({ ...key, state: 'null' })
    .onConflict((conflict) => conflict.columns(['connectionId', 'bucket']).doNothing())
    .execute()
  const made = await lock(tx, key)
  if (!made) throw new Error('the row of a connection’s rate limit vanished')
  return made
}
