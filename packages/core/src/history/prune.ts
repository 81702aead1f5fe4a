import { returnFreePages } from '@keyferry/db'
import { DAY_MS, maintain, transact, type Context, type Tx } from '@keyferry/kernel'
import type { NotNull } from 'kysely'
import { IN_CHAIN } from './snapshot-chain.ts'

/** Rows of one transaction, so that no writer waits for long: a run has up to thousands of outcomes. */
const BATCH = 100

/**
 * Forgets events and runs older than `days`, and what only they restored; of every sync the last run stays, however
 * old. Of deleted syncs all of it goes. Then returns free space of the store to the disk, where the store can.
 */
export async function pruneHistory(ctx: Context, days: number): Promise<void> {
  const cutoff = new Date(ctx.now().getTime() - days * DAY_MS).toISOString()
  await inBatches(ctx, (tx) => deleteEvents(tx, cutoff))
  await forgetDeletedSyncs(ctx)
  // Of one sync at a time: a statement over all of them holds the store for as long as it takes to read every run.
  for (const { id } of await ctx.db.selectFrom('syncs').select('id').execute()) {
    if (!(await inBatches(ctx, (tx) => deleteRuns(tx, id, cutoff)))) continue
    await inBatches(ctx, (tx) => deleteWholeSnapshots(tx, id))
    await inBatches(ctx, (tx) => deleteLinks(tx, id))
  }
  while (await transact(ctx, returnFreePages)) continue
}

/** What syncs left that were deleted: no statement could remove it with them in a time that others can wait. */
async function forgetDeletedSyncs(ctx: Context): Promise<void> {
  for (const table of ['runs', 'snapshots'] as const) {
    for (let last = ''; ;) {
      const next = await ctx.db
        .selectFrom(table)
        .where('syncId', '>', last)
        .orderBy('syncId')
        .select('syncId')
        .limit(1)
        .executeTakeFirst()
      if (!next) break
      last = next.syncId
      if (!(await isSync(ctx, last))) await inBatches(ctx, (tx) => deleteAll(tx, table, last))
    }
  }
}

const isSync = async ({ db }: Context, id: string): Promise<boolean> =>
  (await db.selectFrom('syncs').where('id', '=', id).select('id').executeTakeFirst()) !== undefined

const deleteAll = (tx: Tx, table: 'runs' | 'snapshots', syncId: string) =>
  tx
    .deleteFrom(table)
    .where('id', 'in', (eb) => eb.selectFrom(table).where('syncId', '=', syncId).select('id').limit(BATCH))
    .executeTakeFirst()

/** Whether there was anything to remove. */
async function inBatches(ctx: Context, remove: (tx: Tx) => Promise<{ numDeletedRows: bigint }>): Promise<boolean> {
  for (let any = false; ; any = true) if ((await maintain(ctx, remove)).numDeletedRows === 0n) return any
}

const deleteEvents = (tx: Tx, cutoff: string) =>
  tx
    .deleteFrom('syncEvents')
    .where('id', 'in', (eb) => eb.selectFrom('syncEvents').where('at', '<', cutoff).select('id').limit(BATCH))
    .executeTakeFirst()

const deleteRuns = (tx: Tx, syncId: string, cutoff: string) =>
  tx
    .deleteFrom('runs')
    .where('id', 'in', (of) =>
      of
        .selectFrom('runs')
        .where('syncId', '=', syncId)
        .where('startedAt', '<', cutoff)
        .where('state', '!=', 'running')
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('runs as later')
              .whereRef('later.syncId', '=', 'runs.syncId')
              .whereRef('later.startedAt', '>', 'runs.startedAt')
              .select('later.id'),
          ),
        )
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('syncs')
                .whereRef('syncs.id', '=', 'runs.syncId')
                .where((sync) =>
                  sync.or([
                    sync('syncs.lastRunId', '=', sync.ref('runs.id')),
                    sync('syncs.removeRunId', '=', sync.ref('runs.id')),
                  ]),
                )
                .select('syncs.id'),
            ),
          ),
        )
        .select('runs.id')
        .limit(BATCH),
    )
    .executeTakeFirst()

/** Those of an earlier version of Keyferry, which stand alone, that no run needs. */
const deleteWholeSnapshots = (tx: Tx, syncId: string) =>
  tx
    .deleteFrom('snapshots')
    .where('id', 'in', (of) =>
      of
        .selectFrom('snapshots')
        .where('syncId', '=', syncId)
        .where('chain', '=', 0)
        .where('id', 'not in', (eb) =>
          eb
            .selectFrom('runs')
            .where('syncId', '=', syncId)
            .where('snapshotId', 'is not', null)
            .select('snapshotId')
            .$narrowType<{ snapshotId: NotNull }>(),
        )
        .select('id')
        .limit(BATCH),
    )
    .executeTakeFirst()

/**
 * Those that no run needs, neither for itself nor to read a later one of its chain. A sync's newest chain stays: a run
 * that ends meanwhile may add to it.
 */
const deleteLinks = (tx: Tx, syncId: string) =>
  tx
    .deleteFrom('snapshots')
    .where('id', 'in', (of) =>
      of
        .selectFrom('snapshots')
        .leftJoin(
          (eb) =>
            eb
              .selectFrom('runs')
              .innerJoin('snapshots as ofRun', 'ofRun.id', 'runs.snapshotId')
              .where('runs.syncId', '=', syncId)
              .groupBy('ofRun.chain')
              .select((last) => ['ofRun.chain', last.fn.max('ofRun.position').as('position')])
              .as('needed'),
          (join) => join.onRef('needed.chain', '=', 'snapshots.chain'),
        )
        .where('snapshots.syncId', '=', syncId)
        .where('snapshots.chain', '>', IN_CHAIN)
        .where('snapshots.chain', '<', (eb) =>
          eb
            .selectFrom('snapshots as newest')
            .where('newest.syncId', '=', syncId)
            .where('newest.chain', '>', IN_CHAIN)
            .select((last) => last.fn.max('newest.chain').as('chain')),
        )
        .where((eb) =>
          eb.or([eb('needed.position', 'is', null), eb('snapshots.position', '>', eb.ref('needed.position'))]),
        )
        // The last of a chain first, so that no link is left whose beginning is gone.
        .orderBy('snapshots.position', 'desc')
        .select('snapshots.id')
        .limit(BATCH),
    )
    .executeTakeFirst()
