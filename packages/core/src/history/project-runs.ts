/** The runs of all syncs of a project, newest first. */
import type { Context } from '@keyferry/kernel'
import type { listProjectRuns, projectRuns as projectRunsSchema } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { readableSyncs } from '../sync/readable-syncs.ts'
import { newestRuns } from './newest-runs.ts'
import { shownRuns } from './runs.ts'

/** A page of them, of syncs that the caller may see. */
export async function projectRuns(
  ctx: Context,
  access: Access,
  { projectId, syncId, state, cursor, limit }: z.output<typeof listProjectRuns>,
): Promise<z.output<typeof projectRunsSchema>> {
  const readable = await readableSyncs(ctx, access, projectId, syncId)
  const syncs = new Map(readable.map((sync) => [sync.id, sync]))
  const [startedAt = '', id = ''] = cursor?.split(' ') ?? []
  const before = cursor === undefined ? undefined : { startedAt, id }
  const found = await newestRuns(ctx, [...syncs.keys()], { state, before, limit: limit + 1 })
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
