/** The runs that wrote versions of a secret. */
import { inList, type OutcomeTable, type RunTable, type Selectable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { DeliveredTo, deliveringRun } from '@keyferry/schemas'
import type { z } from 'zod'

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
  let newest: Delivering[] = []
  for (const syncId of syncs.keys()) {
    let portion = await newestRuns(ctx, syncId)
    while (portion.length > 0) {
      newest = [...newest, ...(await wrote(ctx, secretId, portion, names))].sort(newestFirst).slice(0, SHOWN)
      const [oldest, last] = [newest[SHOWN - 1], portion.at(-1)]
      if (portion.length < PORTION || !last || (oldest && last.startedAt < oldest.startedAt)) break
      portion = await newestRuns(ctx, syncId, last)
    }
  }
  return newest.flatMap(({ id: runId, syncId, startedAt, finishedAt, key, madeOf }) => {
    const sync = syncs.get(syncId)
    const versions: Record<string, number> = JSON.parse(madeOf ?? '{}')
    const version = versions[secretId]
    if (!sync || version === undefined) return []
    const { syncName, destination } = sync
    return [{ version, runId, syncId, syncName, destination, key, at: finishedAt ?? startedAt }]
  })
}

type Run = Pick<Selectable<RunTable>, 'id' | 'syncId' | 'startedAt' | 'finishedAt'>
type Delivering = Run & Pick<Selectable<OutcomeTable>, 'key' | 'madeOf'>

const newestFirst = (a: Run, b: Run): number => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0)

/** The newest of a sync's runs, or of those before `after`. Several may have begun at the same time. */
const newestRuns = ({ db }: Context, syncId: string, after?: Run): Promise<Run[]> =>
  db
    .selectFrom('runs')
    .where('syncId', '=', syncId)
    .$if(after !== undefined, (query) =>
      query
        .where('startedAt', '<=', after?.startedAt ?? '')
        .where((eb) => eb.or([eb('startedAt', '<', after?.startedAt ?? ''), eb('id', '<', after?.id ?? '')])),
    )
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(PORTION)
    .select(['id', 'syncId', 'startedAt', 'finishedAt'])
    .execute()

/** Those of these runs that wrote a version of the secret, with its key there. */
async function wrote(
  { db }: Context,
  secretId: string,
  runs: readonly Run[],
  names: readonly string[],
): Promise<Delivering[]> {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const rows = await db
    .selectFrom('outcomes')
    .where((eb) => inList(db, eb.ref('runId'), [...byId.keys()]))
    .where((eb) => inList(db, eb.ref('key'), names))
    .where('state', '=', 'done')
    .where('madeOf', 'like', `%"${secretId}"%`)
    .select(['runId', 'key', 'madeOf'])
    .execute()
  return rows.flatMap(({ runId, key, madeOf }) => {
    const run = byId.get(runId)
    return run ? [{ ...run, key, madeOf }] : []
  })
}
