/** A stored sync as the API answers it. */
import type { Db, SyncTable } from '@keyferry/db'
import { organizationKey, type Context, type Tx } from '@keyferry/kernel'
import { runState, storedMessageText, type sync as syncSchema } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { settingsIn } from '../connections/credentials.ts'
import type { Credentials } from '../destinations/credentials.ts'
import { destination } from '../destinations/registry.ts'
import { blockageText } from '../plan/blockage.ts'
import { syncStatus, type StatusPause } from './sync-status.ts'
import { driftOf } from './drift-record.ts'
import { pauseOf, readPauses } from './pauses.ts'
import { driftOptions, importsFirst, type StoredOptions } from './options.ts'

export type SyncRow = z.output<typeof syncSchema>

/** Syncs with all that the answer names, newest first. Narrow it with `where`, then hand the rows to `toRows`. */
export function selectSyncs(db: Db | Tx) {
  return db
    .selectFrom('syncs')
    .innerJoin('connections', 'connections.id', 'syncs.connectionId')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .leftJoin('runs', 'runs.id', 'syncs.lastRunId')
    .selectAll('syncs')
    .select([
      'connections.name as connectionName',
      'connections.app as connectionApp',
      'connections.method as connectionMethod',
      'connections.credentials as connectionCredentials',
      'connections.problem as connectionProblem',
      'folders.path as folderPath',
      'environments.id as environmentId',
      'environments.slug as environmentSlug',
      'environments.name as environmentName',
      'runs.state as runState',
      'runs.startedAt as runStartedAt',
      'runs.finishedAt as runFinishedAt',
      'runs.counts as runCounts',
    ])
    .select((eb) => {
      const told = eb
        .selectFrom('departures')
        .whereRef('departures.syncId', '=', 'syncs.id')
        .where('departures.message', '!=', '')
        .orderBy('departures.createdAt')
        .orderBy('departures.id')
        .limit(1)
      return [
        told.select('departures.message').as('leaving'),
        told.select('departures.retryAt').as('leavingRetryAt'),
        eb
          .selectFrom('departures')
          .innerJoin('ledger', (join) =>
            join
              .onRef('ledger.syncId', '=', 'departures.syncId')
              .onRef('ledger.targetKey', '=', 'departures.targetKey'),
          )
          .whereRef('departures.syncId', '=', 'syncs.id')
          .select((eb) => eb.fn.countAll<number | string>().as('keys'))
          .as('leavingKeys'),
      ]
    })
    .orderBy('syncs.createdAt', 'desc')
    .orderBy('syncs.id', 'desc')
}

type Joined = Selectable<SyncTable> & {
  connectionName: string
  connectionApp: string
  connectionMethod: string
  connectionCredentials: string
  connectionProblem: string | null
  folderPath: string
  environmentId: string
  environmentSlug: string
  environmentName: string
  runState: string | null
  runStartedAt: string | null
  runFinishedAt: string | null
  runCounts: string | null
  leaving: string | null
  leavingRetryAt: string | null
  /** Postgres counts in text. */
  leavingKeys: number | string | null
}

const JOB_STATES = ['pending', 'running', 'succeeded', 'failed'] as const
const SYNC_STATES = ['pending', 'running', 'succeeded', 'partial', 'failed', 'blocked'] as const

const textOf = (stored: string | null): string | null => (stored === null ? null : storedMessageText(stored))

/** Opens the credentials of each connection once, for the links that depend on its host or account. */
export async function toRows(ctx: Context, rows: readonly Joined[]): Promise<SyncRow[]> {
  if (rows.length === 0) return []
  const key = await organizationKey(ctx)
  const pauses = await readPauses(ctx, ctx.db)
  const settings = new Map<string, Credentials | null>()
  return rows.map((row) => {
    const { connectionId: id, connectionApp: app, connectionMethod: method, connectionCredentials: credentials } = row
    if (!settings.has(id)) settings.set(id, settingsIn(key, { id, app, method, credentials }))
    return toRow(row, settings.get(id) ?? null, pauseOf(pauses, row))
  })
}

function toRow(row: Joined, settings: Credentials | null, pause: StatusPause | null): SyncRow {
  const definition = destination(row.destination)
  const { own, excluded = [], hasImported: _, ...common }: StoredOptions = JSON.parse(row.options)
  const target: Record<string, unknown> = JSON.parse(row.target)
  const drift = driftOf(row)
  const leaving =
    row.leaving === null
      ? null
      : { keys: Number(row.leavingKeys), message: storedMessageText(row.leaving), retryAt: row.leavingRetryAt }
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    autoSync: row.autoSync === 1,
    version: row.version,
    folderId: row.folderId,
    connectionId: row.connectionId,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    state: SYNC_STATES.find((state) => state === row.state) ?? 'failed',
    lastRunId: row.lastRunId,
    message: [textOf(row.message), textOf(row.leaving)].filter(Boolean).join(' ') || null,
    syncedAt: row.syncedAt,
    importState: JOB_STATES.find((state) => state === row.importState) ?? (importsFirst(row) ? 'pending' : null),
    importJobId: row.importJobId,
    importMessage: textOf(row.importMessage),
    importedAt: row.importedAt,
    removeState: JOB_STATES.find((state) => state === row.removeState) ?? null,
    removeRunId: row.removeRunId,
    removeMessage: textOf(row.removeMessage),
    removedAt: row.removedAt,
    options: { ...own, ...common, ...driftOptions(common) },
    projectId: row.projectId,
    connection: { id: row.connectionId, name: row.connectionName },
    environment: { slug: row.environmentSlug, name: row.environmentName, id: row.environmentId },
    folder: { id: row.folderId, path: row.folderPath },
    destination: row.destination,
    destinationTitle: definition.title,
    target,
    targetLabel: definition.targetLabel(target),
    targetUrl: settings === null ? null : (definition.targetUrl?.(target, settings) ?? null),
    ...syncStatus({
      ...row,
      connection: { name: row.connectionName, problem: row.connectionProblem },
      drift,
      repairs: driftOptions(common).driftRepair,
      leaving,
      pause,
    }),
    inSync: row.applied === row.wanted,
    behindSince: row.behindSince,
    retryAt: row.retryAt,
    excludedKeys: excluded,
    blocked: row.blockage === null ? null : blockageText(row.blockage),
    leaving,
    removal: row.removal,
    drift,
    lastRun:
      row.lastRunId === null || row.runStartedAt === null
        ? null
        : {
            id: row.lastRunId,
            state: runState.safeParse(row.runState).data ?? 'running',
            startedAt: row.runStartedAt,
            finishedAt: row.runFinishedAt,
            counts: row.runCounts === null ? null : JSON.parse(row.runCounts),
          },
  }
}
