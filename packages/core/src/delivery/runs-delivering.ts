/** The runs that wrote versions of a secret. */
import { inList } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { DeliveredTo, deliveringRun } from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'

type DeliveringRun = z.output<typeof deliveringRun>

const SHOWN = 200

/** At `destinations`, newest first. */
export async function runsDelivering(
  ctx: Context,
  secretId: string,
  destinations: readonly DeliveredTo[],
): Promise<DeliveringRun[]> {
  const syncs = new Map(destinations.map((one) => [one.syncId, one]))
  const names = destinations.flatMap(({ key }) => key ?? [])
  const rows = await ctx.db
    .selectFrom('runs')
    .innerJoin('outcomes', 'outcomes.runId', 'runs.id')
    .where((eb) => inList(ctx.db, eb.ref('runs.syncId'), [...syncs.keys()]))
    .where((eb) => inList(ctx.db, eb.ref('outcomes.key'), names))
    .where('outcomes.state', '=', 'done')
    .where(sql<boolean>`${sql.ref('outcomes.madeOf')} like ${`%"${secretId}"%`}`)
    .orderBy('runs.startedAt', 'desc')
    .limit(SHOWN)
    .select(['runs.id as runId', 'runs.syncId', 'runs.startedAt', 'runs.finishedAt', 'outcomes.key', 'outcomes.madeOf'])
    .execute()
  return rows.flatMap(({ runId, syncId, startedAt, finishedAt, key, madeOf }) => {
    const sync = syncs.get(syncId)
    const versions: Record<string, number> = JSON.parse(madeOf ?? '{}')
    const version = versions[secretId]
    if (!sync || version === undefined) return []
    const { syncName, destination } = sync
    return [{ version, runId, syncId, syncName, destination, key, at: finishedAt ?? startedAt }]
  })
}
