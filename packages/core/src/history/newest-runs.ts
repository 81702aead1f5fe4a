import { listTable, type RunTable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { sql, type Selectable } from 'kysely'

type Run = Selectable<RunTable>

interface Wanted {
  state?: string | undefined
  /** Only those before this one. */
  before?: Pick<Run, 'startedAt' | 'id'> | undefined
  limit: number
}

/**
 * The newest runs of some syncs together, newest first; of those that began at the same time, by their ID. Of each sync
 * no run is read that is older than its own `limit` newest: what it costs does not grow with the history.
 */
export function newestRuns(
  { db }: Context,
  syncIds: readonly string[],
  { state, before, limit }: Wanted,
): Promise<Run[]> {
  const { startedAt = '', id = '' } = before ?? {}
  const wanted = () =>
    db
      .selectFrom('runs')
      .$call((query) => (state === undefined ? query : query.where('runs.state', '=', state)))
      .$if(before !== undefined, (query) =>
        query
          .where('runs.startedAt', '<=', startedAt)
          .where((eb) => eb.or([eb('runs.startedAt', '<', startedAt), eb('runs.id', '<', id)])),
      )
  return wanted()
    .innerJoin(listTable(db, syncIds).as('asked'), 'asked.entry', 'runs.syncId')
    .where('runs.startedAt', '>=', (eb) =>
      eb.fn.coalesce(
        wanted()
          .where('runs.syncId', '=', eb.ref('asked.entry'))
          .orderBy('runs.startedAt', 'desc')
          .limit(1)
          .offset(limit - 1)
          .select('runs.startedAt'),
        sql.lit(''),
      ),
    )
    .orderBy('runs.startedAt', 'desc')
    .orderBy('runs.id', 'desc')
    .limit(limit)
    .selectAll('runs')
    .execute()
}
