/**
 * Pauses of one sync, of every sync of a project, or of all. While one holds, no run, drift check, repair or cleanup
 * starts; what is requested meanwhile stays due and starts when it ends. Plans are made as always. All of them are one
 * setting of the instance, which is sealed: somebody who only writes to the database can neither pause nor resume.
 */
import { batchLoader, inList } from '@keyferry/db'
import { BadRequest, timestamp, type Context, type Tx } from '@keyferry/kernel'
import { changeSetting, readSetting } from '@keyferry/kernel/authority'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import type { StatusPause } from './sync-status.ts'

/** The subject of the pause of everything; else it is the id of a project or a sync. */
export const WHOLE_INSTANCE = 'instance'

const stored = z.record(
  z.string(),
  z.object({ why: z.string(), by: z.string(), since: z.string(), until: z.string().nullable() }),
)
type StoredPause = z.output<typeof stored>[string]
/** By subject. */
export type Pauses = ReadonlyMap<string, StoredPause>

type Pausable = { id: string; projectId: string }

/** Thousands of syncs may be paused, and every run reads all pauses every second: the last text stays parsed. */
let last: { text: string; pauses: Pauses } = { text: '{}', pauses: new Map() }

function parse(text: string): Pauses {
  if (text !== last.text) last = { text, pauses: new Map(Object.entries(stored.parse(JSON.parse(text)))) }
  return last.pauses
}

/** The pauses that hold now. Throws `IntegrityBroken`. */
export async function readPauses(ctx: Pick<Context, 'now'>, db: Context['db'] | Tx): Promise<Pauses> {
  return holding(parse(await setting(db, 'pauses')), timestamp(ctx))
}

/** Runs that begin at once share a statement. */
const setting = batchLoader(async (db: Context['db'] | Tx) => {
  const value = await readSetting(db, 'pauses')
  return () => value
})

const holding = (pauses: Pauses, now: string): Pauses =>
  new Map([...pauses].filter(([, { until }]) => until === null || until > now))

/** The widest pause of a sync: the one that has to end first for anything to run. */
export function pauseOf(pauses: Pauses, { id, projectId }: Pausable): StatusPause | null {
  return shown(pauses, WHOLE_INSTANCE, 'instance') ?? shown(pauses, projectId, 'project') ?? shown(pauses, id, 'sync')
}

/** Whether any pause holds for a sync: its own, its project’s or the instance’s. */
export const isPaused = (pauses: Pauses, sync: Pausable): boolean => pauseOf(pauses, sync) !== null

/** The pauses that hold for every sync of a project, its own and that of the instance; null: of the instance. */
export const pausesOfProject = (pauses: Pauses, projectId: string | null): StatusPause[] =>
  [shown(pauses, WHOLE_INSTANCE, 'instance'), projectId === null ? null : shown(pauses, projectId, 'project')].filter(
    (pause) => pause !== null,
  )

function shown(pauses: Pauses, subject: string, scope: StatusPause['scope']): StatusPause | null {
  const pause = pauses.get(subject)
  return pause ? { scope, ...pause } : null
}

/** In a query on `syncs`: nothing pauses them. */
export function whereNotPaused(db: Context['db'] | Tx, pauses: Pauses): RawBuilder<boolean> {
  if (pauses.size === 0) return sql<boolean>`1 = 1`
  if (pauses.has(WHOLE_INSTANCE)) return sql<boolean>`1 = 0`
  const subjects = [...pauses.keys()]
  const [sync, project] = [sql.ref<string>('syncs.id'), sql.ref<string>('syncs.projectId')]
  return sql<boolean>`not (${inList(db, sync, subjects)} or ${inList(db, project, subjects)})`
}

/** Pauses or resumes (null) a subject. Resolves to whether it was paused. Pauses of what is gone are forgotten. */
export async function setPause(
  ctx: Pick<Context, 'now'>,
  tx: Tx,
  subject: string,
  pause: StoredPause | null,
): Promise<boolean> {
  const before = await readPauses(ctx, tx)
  if (!pause && !before.has(subject)) return false
  const gone = await missing(tx, [...before.keys()])
  await changeSetting(tx, 'pauses', (value) => {
    const next = new Map(holding(parse(value), timestamp(ctx)))
    for (const id of gone) next.delete(id)
    if (pause) next.set(subject, pause)
    else next.delete(subject)
    return JSON.stringify(Object.fromEntries(next))
  })
  return before.has(subject)
}

async function missing(tx: Tx, subjects: readonly string[]): Promise<string[]> {
  const present = new Set([WHOLE_INSTANCE])
  for (const table of ['syncs', 'projects'] as const) {
    const rows = await tx
      .selectFrom(table)
      .where((eb) => inList(tx, eb.ref('id'), subjects))
      .select('id')
      .execute()
    for (const { id } of rows) present.add(id)
  }
  return subjects.filter((subject) => !present.has(subject))
}

/** Throws `BadRequest` while the sync is paused. */
export async function refusePaused(ctx: Context, sync: Pausable & { name: string }): Promise<void> {
  const pause = pauseOf(await readPauses(ctx, ctx.db), sync)
  if (pause === null) return
  const what = {
    sync: `The sync "${sync.name}" is`,
    project: 'All syncs of this project are',
    instance: 'All syncs are',
  }
  const until = pause.until === null ? '' : ` until ${pause.until}`
  throw new BadRequest(`${what[pause.scope]} paused by ${pause.by}${until}: ${pause.why}. Resume first.`)
}
