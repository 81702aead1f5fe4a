/**
 * Pauses of one sync, of every sync of a project, or of all. While one holds, no run, drift check, repair or cleanup
 * starts; what is requested meanwhile stays due and starts when it ends. Plans are made as always.
 */
import { inList, type PauseTable, type Selectable } from '@keyferry/db'
import { BadRequest, timestamp, type Context, type Tx } from '@keyferry/kernel'
import { sql, type RawBuilder } from 'kysely'
import type { StatusPause } from './sync-status.ts'

/** The subject of the pause of everything; else it is the id of a project or a sync. */
export const WHOLE_INSTANCE = 'instance'
const FOREVER = '9999-12-31T23:59:59.999Z'

const subjects = sql`(${sql.lit(WHOLE_INSTANCE)}, ${sql.ref('syncs.projectId')}, ${sql.ref('syncs.id')})`

/** In a query on `syncs`: nothing pauses them. `now`: ISO 8601, or a column. */
export const whereNotPaused = (now: string | RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`not exists (select 1 from ${sql.table('pauses')}
    where ${sql.ref('pauses.subject')} in ${subjects}
    and (${sql.ref('pauses.until')} is null or ${sql.ref('pauses.until')} > ${now}))`

/** In a query on `syncs`: when the last of their pauses ends; null when nothing pauses them. */
export const pausedUntil = (): RawBuilder<string | null> =>
  sql<string | null>`(select max(coalesce(${sql.ref('pauses.until')}, ${sql.lit(FOREVER)})) from ${sql.table('pauses')}
    where ${sql.ref('pauses.subject')} in ${subjects})`

/** `until`: as `pausedUntil` answers it. */
export const isPaused = (ctx: Pick<Context, 'now'>, until: string | null): boolean =>
  until !== null && until > timestamp(ctx)

/** Thrown into a run when a pause begins: what has landed stays, and the sync stays due. */
export class PauseBegan extends Error {
  constructor() {
    super('the sync was paused')
    this.name = 'PauseBegan'
  }
}

const ASKED_EVERY_MS = 1000

/** Awaited before every vendor call of a run: throws `PauseBegan` within a second or so of a pause. */
export function pauseGuard(ctx: Context, { id, projectId }: { id: string; projectId: string }): () => Promise<void> {
  let asked = performance.now()
  return async () => {
    if (performance.now() - asked < ASKED_EVERY_MS) return
    asked = performance.now()
    if ((await pausesOf(ctx, ctx.db, [WHOLE_INSTANCE, projectId, id])).length > 0) throw new PauseBegan()
  }
}

/** The pauses that hold now, of the named subjects. */
export function pausesOf(
  ctx: Pick<Context, 'now'>,
  db: Context['db'] | Tx,
  of: readonly string[],
): Promise<Selectable<PauseTable>[]> {
  return db
    .selectFrom('pauses')
    .where((eb) => inList(db, eb.ref('subject'), of))
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', timestamp(ctx))]))
    .selectAll()
    .execute()
}

/** Throws `BadRequest` while the sync is paused. */
export async function refusePaused(ctx: Context, sync: { id: string; projectId: string; name: string }): Promise<void> {
  const pause = (await pauseFinder(ctx, [sync]))(sync)
  if (pause === null) return
  const what = {
    sync: `The sync "${sync.name}" is`,
    project: 'All syncs of this project are',
    instance: 'All syncs are',
  }
  const until = pause.until === null ? '' : ` until ${pause.until}`
  throw new BadRequest(`${what[pause.scope]} paused by ${pause.by}${until}: ${pause.why}. Resume first.`)
}

/** The widest pause of each sync: the one that has to end first for anything to run. */
export async function pauseFinder(
  ctx: Context,
  syncs: readonly { id: string; projectId: string }[],
): Promise<(sync: { id: string; projectId: string }) => StatusPause | null> {
  const of = new Set([WHOLE_INSTANCE, ...syncs.flatMap(({ id, projectId }) => [projectId, id])])
  const found = new Map((await pausesOf(ctx, ctx.db, [...of])).map((pause) => [pause.subject, pause]))
  return ({ id, projectId }) => {
    const pause = found.get(WHOLE_INSTANCE) ?? found.get(projectId) ?? found.get(id)
    return pause === undefined ? null : shown(pause)
  }
}

/** As the API answers it. */
export function shown({ subject, projectId, why, pausedBy, createdAt, until }: Selectable<PauseTable>): StatusPause {
  const scope = subject === WHOLE_INSTANCE ? 'instance' : subject === projectId ? 'project' : 'sync'
  return { scope, by: pausedBy, why, since: createdAt, until }
}
