/** The runs that wrote versions of a secret. */
import { inList, type OutcomeTable, type RunTable, type Selectable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { DeliveredTo, deliveringRun } from '@keyferry/schemas'
import { versionsIn } from '@keyferry/vault'
import type { z } from 'zod'
import { newestRuns } from '../history/newest-runs.ts'

type DeliveringRun = z.output<typeof deliveringRun>

const SHOWN = 200
/** Runs of one statement: a sync may have very many, of which few wrote this secret. */
const PORTION = 500

/** At `destinations`, newest first. */
export async function runsDelivering(
  ctx: Context,
  secretId: string,
  destinations: readonly DeliveredTo[],
): Promise<DeliveringRun[]> {
  const syncs = new Map(destinations.map((one) => [one.syncId, one]))
  const names = destinations.flatMap(({ key }) => key ?? [])
  const newest: Delivering[] = []
  let before: Run | undefined
  do {
    const portion = await newestRuns(ctx, [...syncs.keys()], { before, limit: PORTION })
    newest.push(...(await wrote(ctx, secretId, portion, names)))
    before = portion[PORTION - 1]
  } while (before && newest.length < SHOWN)
  return newest.slice(0, SHOWN).flatMap(({ id: runId, syncId, startedAt, finishedAt, key, madeOf }) => {
    const sync = syncs.get(syncId)
    const version = madeOf ? versionsIn(madeOf)[secretId] : undefined
    if (!sync || version === undefined) return []
    const { syncName, destination } = sync
    return [{ version, runId, syncId, syncName, destination, key, at: finishedAt ?? startedAt }]
  })
}

type Run = Pick<Selectable<RunTable>, 'id' | 'syncId' | 'startedAt' | 'finishedAt'>
type Delivering = Run & Pick<Selectable<OutcomeTable>, 'key' | 'madeOf'>

/** Those of these runs that wrote a version of the secret, with its key there; in their order. */
async function wrote(
  { db }: Context,
  secretId: string,
  runs: readonly Run[],
  names: readonly string[],
): Promise<Delivering[]> {
  const rows = await db
    .selectFrom('outcomes')
    .where((eb) =>
      inList(
        db,
        eb.ref('runId'),
        runs.map(({ id }) => id),
      ),
    )
    .where((eb) => inList(db, eb.ref('key'), names))
    .where('state', '=', 'done')
    .where('madeOf', 'like', `%"${secretId}"%`)
    .select(['runId', 'key', 'madeOf'])
    .execute()
  const outcomes = Map.groupBy(rows, ({ runId }) => runId)
  return runs.flatMap((run) => (outcomes.get(run.id) ?? []).map(({ key, madeOf }) => ({ ...run, key, madeOf })))
}
