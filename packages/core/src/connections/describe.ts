import { createHash } from 'node:crypto'
import type { ConnectionTable, Selectable } from '@keyferry/db'
import type { Context, Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { sentence } from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { shownCredentials } from '../destinations/credentials.ts'
import { connectionOf } from '../destinations/registry.ts'
import { allowedOf } from './allowed.ts'
import { openCredentials } from './credentials.ts'

export type Connection = z.output<typeof schemas.connection>

/** Rows as the API shows them: of the credentials only what is not secret. */
export async function describeConnections(
  ctx: Context,
  rows: readonly Selectable<ConnectionTable>[],
): Promise<Connection[]> {
  if (rows.length === 0) return []
  const { id: orgId } = await ctx.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
  const uses = await countUses(ctx, rows)
  const projects = await projectsOf(ctx, rows)
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      name: row.name,
      description: row.description,
      destination: row.app,
      method: row.method,
      version: row.version,
      orgId,
      projectId: row.projectId,
      credentialsHash: createHash('sha256').update(row.credentials).digest('hex'),
      credentials: shownCredentials(connectionOf(row.app), await openCredentials(ctx, row)),
      ...allowedOf(row),
      project: projects.get(row.projectId ?? '') ?? null,
      account: row.account,
      usedBy: uses.get(row.id) ?? 0,
      checkedAt: row.checkedAt,
      problem: row.problem === null ? null : sentence(row.problem),
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    })),
  )
}

/**
 * Names of the syncs that use a connection, sorted; those that were retargeted and still need it to remove their keys
 * too.
 */
export async function usersOf(db: Context['db'] | Tx, connectionId: string): Promise<string[]> {
  const syncs = await db.selectFrom('syncs').where('connectionId', '=', connectionId).select('name').execute()
  const leaving = await db
    .selectFrom('departures')
    .innerJoin('syncs', 'syncs.id', 'departures.syncId')
    .where('departures.connectionId', '=', connectionId)
    .select('syncs.name')
    .execute()
  return [...new Set([...syncs, ...leaving].map((sync) => sync.name))].sort()
}

/** The same for one. */
export async function describeConnection(ctx: Context, row: Selectable<ConnectionTable>): Promise<Connection> {
  const [shown] = await describeConnections(ctx, [row])
  if (!shown) throw new Error('one row describes as one connection')
  return shown
}

/** Syncs of each connection, of those that the caller may know. */
async function countUses(ctx: Context, rows: readonly Selectable<ConnectionTable>[]): Promise<Map<string, number>> {
  const access = ctx.caller?.access
  const ids = rows.map((row) => row.id)
  const syncs = await ctx.db
    .selectFrom('syncs')
    .leftJoin('folders', 'folders.id', 'syncs.folderId')
    .leftJoin('environments', 'environments.id', 'folders.environmentId')
    .where('syncs.connectionId', 'in', ids)
    .select(['syncs.connectionId', 'syncs.projectId', 'environments.slug as environment', 'folders.path'])
    .execute()
  const known = syncs.filter(({ projectId, environment, path }) => {
    if (!access) return true
    const isPlaced = environment !== null && path !== null
    return allows(
      access,
      'syncs.read',
      isPlaced ? { kind: 'folder', projectId, environment, path } : { kind: 'project', projectId },
    )
  })
  return new Map([...Map.groupBy(known, (sync) => sync.connectionId)].map(([id, uses]) => [id, uses.length]))
}

async function projectsOf(
  ctx: Context,
  rows: readonly Selectable<ConnectionTable>[],
): Promise<Map<string, NonNullable<Connection['project']>>> {
  const ids = rows.flatMap((row) => row.projectId ?? [])
  if (ids.length === 0) return new Map()
  const projects = await ctx.db.selectFrom('projects').where('id', 'in', ids).select(['id', 'name', 'slug']).execute()
  return new Map(projects.map((project) => [project.id, project]))
}
