/** The runs of all syncs of a project, newest first. */
import { filterReadable } from '@keyferry/access'
import { listTable, type RunTable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { listProjectRuns, projectRuns as projectRunsSchema } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import { sql, type Selectable } from 'kysely'
import type { z } from 'zod'
import { shownRuns } from './runs.ts'

/** A page of them, of syncs that the caller may see. */
export async function projectRuns(
  ctx: Context,
  access: Access,
  { projectId, syncId, state, cursor, limit }: z.output<typeof listProjectRuns>,
): Promise<z.output<typeof projectRunsSchema>> {
  const rows = await ctx.db
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('syncs.projectId', '=', projectId)
    .$if(syncId !== undefined, (query) => query.where('syncs.id', '=', syncId ?? ''))
    .select(['syncs.id', 'syncs.name', 'syncs.destination', 'environments.slug as environment', 'folders.path'])
    .execute()
  const syncs = new Map(
    filterReadable(access, 'syncs.read', projectId, rows, (sync) => sync).map((sync) => [sync.id, sync]),
  )
  const found = await newestRuns(ctx, [...syncs.keys()], { state, cursor, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    runs: (await shownRuns(ctx, projectId, page)).map((run) => {
      const { name = '', destination = '' } = syncs.get(run.syncId) ?? {}
      return { ...run, syncName: name, destination }
    }),
    // Several may have started at the same time.
    nextCursor: found.length > limit && last ? `${last.startedAt} ${last.id}` : null,
  }
}

/**
 * Of each sync no run is read that is older than its own `limit` newest: what a page costs does not grow with the
 * history.
 */
function newestRuns(
  { db }: Context,
  syncIds: readonly string[],
  { state, cursor, limit }: Pick<z.output<typeof listProjectRuns>, 'state' | 'cursor' | 'limit'>,
): Promise<Selectable<RunTable>[]> {
  const [beforeAt = '', beforeId = ''] = cursor?.split(' ') ?? []
  const wanted = () =>
    db
      .selectFrom('runs')
      .$if(state !== undefined, (query) => query.where('runs.state', '=', state ?? ''))
      .$if(cursor !== undefined, (query) =>
        query
          .where('runs.startedAt', '<=', beforeAt)
          .where((eb) => eb.or([eb('runs.startedAt', '<', beforeAt), eb('runs.id', '<', beforeId)])),
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
