import { returnFreePages } from '@keyferry/db'
import { maintain, transact, type Context, type Tx } from '@keyferry/kernel'

const DAY_MS = 24 * 60 * 60_000
/** Rows of one transaction, so that no writer waits for long: a run has up to thousands of outcomes. */
const BATCH = 100

/**
 * Forgets events and runs older than `days`, and what only they restored; of every sync the last run stays, however
 * old. Then returns free space of the store to the disk, where the store can.
 */
export async function pruneHistory(ctx: Context, days: number): Promise<void> {
  const cutoff = new Date(ctx.now().getTime() - days * DAY_MS).toISOString()
  await inBatches(ctx, (tx) => deleteEvents(tx, cutoff))
  await inBatches(ctx, (tx) => deleteRuns(tx, cutoff))
  await inBatches(ctx, deleteSnapshots)
  while (await transact(ctx, returnFreePages)) continue
}

async function inBatches(ctx: Context, remove: (tx: Tx) => Promise<{ numDeletedRows: bigint }>): Promise<void> {
  while ((await maintain(ctx, remove)).numDeletedRows > 0n) continue
}

const deleteEvents = (tx: Tx, cutoff: string) =>
  tx
    .deleteFrom('syncEvents')
    .where('id', 'in', (eb) => eb.selectFrom('syncEvents').where('at', '<', cutoff).select('id').limit(BATCH))
    .executeTakeFirst()

const deleteRuns = (tx: Tx, cutoff: string) =>
  tx
    .deleteFrom('runs')
    .where('id', 'in', (of) =>
      of
        .selectFrom('runs')
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

/**
 * Those that no run needs, neither for itself nor to read a later one of its chain. A sync's newest chain stays: a run
 * that ends meanwhile may add to it.
 */
const deleteSnapshots = (tx: Tx) =>
  tx
    .deleteFrom('snapshots')
    .where('id', 'in', (of) =>
      of
        .selectFrom('snapshots')
        .where((eb) =>
          eb.or([
            eb('snapshots.chain', '=', 0),
            eb.exists(
              eb
                .selectFrom('snapshots as newer')
                .whereRef('newer.syncId', '=', 'snapshots.syncId')
                .whereRef('newer.chain', '>', 'snapshots.chain')
                .select('newer.id'),
            ),
          ]),
        )
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('runs')
                .innerJoin('snapshots as needed', 'needed.id', 'runs.snapshotId')
                .whereRef('runs.syncId', '=', 'snapshots.syncId')
                .where((run) =>
                  run.or([
                    run('needed.id', '=', run.ref('snapshots.id')),
                    run.and([
                      run('snapshots.chain', '>', 0),
                      run('needed.chain', '=', run.ref('snapshots.chain')),
                      run('needed.position', '>', run.ref('snapshots.position')),
                    ]),
                  ]),
                )
                .select('runs.id'),
            ),
          ),
        )
        // The last of a chain first, so that no link is left whose beginning is gone.
        .orderBy('snapshots.position', 'desc')
        .select('snapshots.id')
        .limit(BATCH),
    )
    .executeTakeFirst()
