import { databaseTime, inList, batchLoader, type Db } from '@keyferry/db'
import { transact, type Context, type Tx } from '@keyferry/kernel'
import { ask, isShared, refuse, type Pace } from '../destinations/fleet-pace.ts'
import type { FleetPace } from '../destinations/pace.ts'

/** What was read stays good for as long, in milliseconds: the buckets of a run are read together. */
const REMEMBERED_MS = 500

/**
 * The limits of a connection's account, shared by all processes through the store. One row per bucket, from when it
 * becomes tight; until then a run costs one look. Times are the database's, so it is no matter whose clock is wrong. A
 * store that fails does not stop a call.
 */
export function fleetPace(ctx: Context, connectionId: string): FleetPace {
  let last: { at: number; buckets: Promise<ReadonlySet<string>> } | null = null

  const shared = async (): Promise<ReadonlySet<string>> => {
    const rows = await paces(ctx.db, connectionId)
    return new Set(
      rows.filter(({ state, now }) => isShared(JSON.parse(state), Date.parse(now))).map(({ bucket }) => bucket),
    )
  }

  const update = <T extends { pace: Pace }>(bucket: string, next: (pace: Pace | null, now: number) => T): Promise<T> =>
    transact(ctx, async (tx) => {
      const found = (await lock(ctx, tx, connectionId, bucket)) ?? (await make(ctx, tx, connectionId, bucket))
      const result = next(found.pace, found.now)
      await tx
        .updateTable('paces')
        .set({ state: JSON.stringify(result.pace) })
        .where('connectionId', '=', connectionId)
        .where('bucket', '=', bucket)
        .execute()
      return result
    })

  const alone = (error: unknown): void => ctx.log.warn({ err: error, connectionId }, 'limits are not shared just now')

  return {
    async isShared(bucket) {
      const now = performance.now()
      if (last === null || now - last.at > REMEMBERED_MS) last = { at: now, buckets: shared() }
      try {
        return (await last.buckets).has(bucket)
      } catch (error) {
        alone(error)
        return false
      }
    },
    async ask(bucket, question) {
      try {
        const { answer } = await update(bucket, (pace, now) => ask(pace, now, question))
        return answer
      } catch (error) {
        alone(error)
        return { shared: false }
      }
    },
    async refused(bucket, refusal) {
      try {
        await update(bucket, (pace, now) => ({ pace: refuse(pace, now, refusal) }))
      } catch (error) {
        alone(error)
      }
    },
  }
}

const paces = batchLoader(async (db: Db, connectionIds: readonly string[]) => {
  const rows = await db
    .selectFrom('paces')
    .where((eb) => inList(db, eb.ref('connectionId'), connectionIds))
    .select(['connectionId', 'bucket', 'state', databaseTime(db).as('now')])
    .execute()
  const byConnection = Map.groupBy(rows, (row) => row.connectionId)
  return (connectionId) => byConnection.get(connectionId) ?? []
})

interface Found {
  /** Null: nothing is known yet. */
  pace: Pace | null
  now: number
}

/** Holds the row until the transaction ends. */
async function lock(ctx: Context, tx: Tx, connectionId: string, bucket: string): Promise<Found | null> {
  const row = await tx
    .selectFrom('paces')
    .where('connectionId', '=', connectionId)
    .where('bucket', '=', bucket)
    .select(['state', databaseTime(ctx.db).as('now')])
    .forUpdate()
    .executeTakeFirst()
  return row ? { pace: JSON.parse(row.state), now: Date.parse(row.now) } : null
}

async function make(ctx: Context, tx: Tx, connectionId: string, bucket: string): Promise<Found> {
  await tx
    .insertInto('paces')
    .values({ connectionId, bucket, state: 'null' })
    .onConflict((conflict) => conflict.columns(['connectionId', 'bucket']).doNothing())
    .execute()
  const made = await lock(ctx, tx, connectionId, bucket)
  if (!made) throw new Error('the row of a connection’s pace vanished')
  return made
}
