/** Which syncs are due. The queue may forget; these queries do not. */
import {
  batchLoader,
  boundRows,
  inList,
  keptQuery,
  valuesTable,
  type Db,
  type Slot,
  type SyncTable,
  type Tables,
} from '@keyferry/db'
import {
  DAY_MS,
  backOffWindow,
  isBackOffOver,
  whereBackOffOver,
  type BackOffWindow,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { expressionBuilder, sql, type Selectable } from 'kysely'
import { lockSyncs } from '../lease/lock-syncs.ts'
import { stopwatch } from '../lease/stopwatch.ts'
import { isPaused, readPauses, whereNotPaused, type Pauses } from './pauses.ts'

export type DueSync = Selectable<SyncTable>

/** The longest wait between two tries of a run. */
export const LONGEST_BACK_OFF_MS = 15 * 60_000
/** The longest time between two drift checks, and a tenth. */
const LONGEST_CHECK_MS = DAY_MS * 1.1

const present = (ctx: Pick<Context, 'now'>): BackOffWindow => backOffWindow(ctx, LONGEST_BACK_OFF_MS)

/**
 * Ids of every sync that needs a run now (behind its requested revision, and not waiting out a back-off), then of those
 * that may clean up an old target, then of those due for a drift check.
 */
export async function dueSyncs(ctx: Context): Promise<string[]> {
  const pauses = await readPauses(ctx, ctx.db)
  const runs = await due(ctx, pauses).select('id').orderBy('behindSince').orderBy('id').limit(1000).execute()
  const moves = await dueCleanups(ctx, pauses)
    .select('departures.syncId as id')
    .orderBy('departures.createdAt')
    .orderBy('departures.id')
    .limit(1000)
    .execute()
  return [...new Set([...[...runs, ...moves].map((row) => row.id), ...(await nextChecks(ctx))])]
}

/** Max concurrent drift checks, so that runs keep most of the worker. */
const MAX_CONCURRENT_CHECKS = 3

/** Ids of the syncs whose drift check is next. Called again whenever a check ends. */
export async function nextChecks(ctx: Context): Promise<string[]> {
  const rows = await dueChecks(ctx, await readPauses(ctx, ctx.db))
    .select('id')
    .orderBy('nextCheckAt')
    .orderBy('id')
    .limit(MAX_CONCURRENT_CHECKS)
    .execute()
  return rows.map((row) => row.id)
}

export interface LoadedSync {
  sync: DueSync
  isDue: boolean
  /** An earlier run of it shows as running; its process is gone, or another worker's. */
  interrupted: boolean
  /** There are places that it was moved away from. */
  hasCleanups: boolean
  /** Milliseconds since it was read, and the pauses with it. */
  sinceRead: () => number
}

/** The sync as it is. Undefined: it is gone. */
export async function loadSync(ctx: Context, syncId: string): Promise<LoadedSync | undefined> {
  const sinceRead = stopwatch(ctx)
  const [row, pauses] = await Promise.all([syncs(ctx.db, syncId), readPauses(ctx, ctx.db)])
  if (!row) return undefined
  const { running, leaving, ...sync } = row
  const isDue = sync.seen < sync.due && !isPaused(pauses, sync) && isBackOffOver(sync.retryAt, present(ctx))
  return { sync, isDue, interrupted: running !== null, hasCleanups: leaving !== null, sinceRead }
}

const syncs = batchLoader(async (db: Db, ids: readonly string[]) => {
  const byId = new Map((await syncsWithWork(db, { ids })).map((row) => [row.id, row]))
  return (id) => byId.get(id)
})

type Ids = { ids: readonly string[] }

const syncsWithWork = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('ids')))
    .selectAll()
    .select((eb) => [
      eb
        .selectFrom('runs')
        .whereRef('runs.syncId', '=', 'syncs.id')
        .where('runs.state', '=', 'running')
        .select('runs.id')
        .limit(1)
        .as('running'),
      eb
        .selectFrom('departures')
        .whereRef('departures.syncId', '=', 'syncs.id')
        .select('departures.id')
        .limit(1)
        .as('leaving'),
    ]),
)

/** The revision up to which a run of the sync is requested; null when the sync is gone. */
export const requestedRevision = (db: Db | Tx, syncId: string): Promise<number | null> => revisions(db, syncId)

const revisions = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const byId = new Map((await dueRevisions(db, { ids })).map(({ id, due }) => [id, due]))
  return (id) => byId.get(id) ?? null
})

const dueRevisions = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('ids')))
    .select(['id', 'due']),
)

/** The options of the sync as they are stored; null when it is gone. */
export const storedOptions = (db: Db | Tx, syncId: string): Promise<string | null> => optionsBySync(db, syncId)

const optionsBySync = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const byId = new Map((await optionRows(db, { ids })).map(({ id, options }) => [id, options]))
  return (id) => byId.get(id) ?? null
})

const optionRows = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('ids')))
    .select(['id', 'options']),
)

/** Of a sync that may be due: where it pointed when it was read, and when it is. */
export type DueClaim = BackOffWindow & { id: string; targetKey: string }

/** What claims a sync that was loaded as due. */
export const dueClaim = (ctx: Context, { id, targetKey }: DueSync): DueClaim => ({ id, targetKey, ...present(ctx) })

/** Marks as running the syncs that are due and point where they did, and answers those, by ID. */
export async function claimDue(tx: Tx, asked: readonly DueClaim[]): Promise<ReadonlyMap<string, DueSync>> {
  if (asked.length === 0) return new Map()
  const rows = await claimed(tx, { asked: boundRows(asked) })
  return new Map(rows.map((row) => [row.id, row]))
}

const CLAIM = { id: 'text', targetKey: 'text', now: 'text', latest: 'text' } as const

const claimed = keptQuery((db, slot: Slot<{ asked: string }>) => {
  const due = expressionBuilder<Tables>()
    .selectFrom('syncs')
    .innerJoin(valuesTable<DueClaim>(db, slot('asked'), CLAIM).as('asked'), (join) =>
      join.onRef('asked.id', '=', 'syncs.id').onRef('asked.targetKey', '=', 'syncs.targetKey'),
    )
    .whereRef('seen', '<', 'due')
    .where((eb) =>
      eb.or([
        eb('retryAt', 'is', null),
        eb('retryAt', '<=', eb.ref('asked.now')),
        eb('retryAt', '>', eb.ref('asked.latest')),
      ]),
    )
    .select('syncs.id')
  return db
    .updateTable('syncs')
    .set((eb) => ({
      state: eb.case().when('removal', 'is', null).then('running').else(eb.ref('state')).end(),
      removeState: eb.case().when('removal', 'is', null).then(eb.ref('removeState')).else('running').end(),
    }))
    .where('id', 'in', lockSyncs(due))
    .returningAll()
})

/** The sync, if it is due. */
export async function loadDue(ctx: Context, syncId: string): Promise<DueSync | undefined> {
  return due(ctx, await readPauses(ctx, ctx.db))
    .where('id', '=', syncId)
    .selectAll()
    .executeTakeFirst()
}

/** The sync, if its drift check is due. */
export async function loadDueCheck(ctx: Context, syncId: string): Promise<DueSync | undefined> {
  return dueChecks(ctx, await readPauses(ctx, ctx.db))
    .where('id', '=', syncId)
    .selectAll()
    .executeTakeFirst()
}

/** Other syncs that wait for the same target: to write there, or to leave it. */
export async function dueOnTarget(ctx: Context, targetKey: string, except: string): Promise<string[]> {
  const at = present(ctx)
  const found = await waitingForTarget(ctx.db, targetKey)
  const others = found.filter(({ id, retryAt }) => id !== except && isBackOffOver(retryAt, at))
  if (others.length === 0) return []
  const pauses = await readPauses(ctx, ctx.db)
  return others.filter((sync) => !isPaused(pauses, sync)).map(({ id }) => id)
}

const waitingForTarget = batchLoader(async (db: Db, targetKeys: readonly string[]) => {
  const byTarget = Map.groupBy(await waiting(db, { targetKeys }), (row) => row.targetKey)
  return (targetKey) => byTarget.get(targetKey) ?? []
})

const waiting = keptQuery((db, slot: Slot<{ targetKeys: readonly string[] }>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('targetKey'), slot('targetKeys')))
    .whereRef('seen', '<', 'due')
    .select(['id', 'projectId', 'targetKey', 'retryAt'])
    .union((eb) =>
      eb
        .selectFrom('departures')
        .innerJoin('syncs', 'syncs.id', 'departures.syncId')
        .where((eb) => inList(db, eb.ref('departures.targetKey'), slot('targetKeys')))
        .whereRef('syncs.applied', '>=', 'departures.revision')
        .select(['departures.syncId as id', 'syncs.projectId', 'departures.targetKey', 'departures.retryAt']),
    ),
)

/** Old places that may be left now: the new place is filled, and no back-off is on. */
export function dueCleanups(ctx: Context, pauses: Pauses) {
  return ctx.db
    .selectFrom('departures')
    .innerJoin('syncs', 'syncs.id', 'departures.syncId')
    .whereRef('syncs.applied', '>=', 'departures.revision')
    .where(whereBackOffOver('departures.retryAt', present(ctx)))
    .where(whereNotPaused(ctx.db, pauses))
}

/** How many syncs wait for a run. */
export async function countDue(ctx: Context): Promise<number> {
  const { count } = await due(ctx, await readPauses(ctx, ctx.db))
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow()
  // Postgres counts in text.
  return Number(count)
}

const due = (ctx: Context, pauses: Pauses) =>
  ctx.db
    .selectFrom('syncs')
    .whereRef('seen', '<', 'due')
    .where(whereBackOffOver('syncs.retryAt', present(ctx)))
    .where(whereNotPaused(ctx.db, pauses))

/** Skip syncs with a pending run (the run detects drift itself), never-synced ones, and ones being removed. */
function dueChecks(ctx: Context, pauses: Pauses) {
  return ctx.db
    .selectFrom('syncs')
    .where('nextCheckAt', 'is not', null)
    .where(whereBackOffOver('syncs.nextCheckAt', backOffWindow(ctx, LONGEST_CHECK_MS)))
    .where(sql.ref('seen'), '>=', sql.ref('due'))
    .where('applied', '>', 0)
    .where('removal', 'is', null)
    .where(whereNotPaused(ctx.db, pauses))
}
