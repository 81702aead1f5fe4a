/** What the home of a project shows beside its syncs. */
import type { Context } from '@keyferry/kernel'
import type { projectOverview as schema } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { readableSyncs } from '../sync/readable-syncs.ts'
import { deliveryTimes } from './delivery-times.ts'
import { runsByHour } from './runs-by-hour.ts'
import { sourceFolders } from './source-folders.ts'

/** Counts only syncs that the caller may see. A few statements, however many runs and secrets there are. */
export async function projectOverview(
  ctx: Context,
  access: Access,
  { projectId }: { projectId: string },
): Promise<z.output<typeof schema>> {
  const syncs = await readableSyncs(ctx, access, projectId)
  const syncIds = syncs.map(({ id }) => id)
  const read = [...new Set(syncs.map(({ folderId }) => folderId))]
  const [sources, hours, delivery] = await Promise.all([
    sourceFolders(ctx, access, projectId, read),
    runsByHour(ctx, syncIds),
    deliveryTimes(ctx, syncIds),
  ])
  return { ...sources, hours, delivery }
}
