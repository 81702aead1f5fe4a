import { maintain, type Context } from '@keyferry/kernel'

const DAY_MS = 24 * 60 * 60_000

/**
 * Forgets events and runs older than `days`, and what only they restored; of every sync the last run stays, however
 * old.
 */
export function pruneHistory(ctx: Context, days: number): Promise<void> {
  const cutoff = new Date(ctx.now().getTime() - days * DAY_MS).toISOString()
  return maintain(ctx, async (tx) => {
    await tx.deleteFrom('syncEvents').where('at', '<', cutoff).execute()
    await tx
      .deleteFrom('runs')
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
              .where((of) =>
                of.or([of('syncs.lastRunId', '=', of.ref('runs.id')), of('syncs.removeRunId', '=', of.ref('runs.id'))]),
              )
              .select('syncs.id'),
          ),
        ),
      )
      .execute()
    await tx
      .deleteFrom('snapshots')
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('runs')
              .whereRef('runs.syncId', '=', 'snapshots.syncId')
              .whereRef('runs.snapshotId', '=', 'snapshots.id')
              .select('runs.id'),
          ),
        ),
      )
      .execute()
  })
}
