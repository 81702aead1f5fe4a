/** Connections as the API answers them, without what is secret. */
import { readableConnections } from '@keyferry/access'
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import type { pageConnections } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { connectionOf, destinations } from '../destinations/registry.ts'
import { allowedOf } from './allowed.ts'
import { describeConnection, describeConnections, type Connection } from './describe.ts'
import { findConnection, findConnectionOf } from './find.ts'
import { pageOfConnections } from './page-of-connections.ts'

/** What can be connected. */
export async function listConnectionOptions(_ctx: Context, _actor: Actor, _input: Record<never, never>) {
  const byApp = new Map(destinations().map(({ connection }) => [connection.app, connection]))
  return [...byApp.values()].map(({ app, title, methods }) => ({
    name: title,
    destination: app,
    methods: Object.keys(methods),
  }))
}

/** By name; with `projectId` only those that belong to that project. Throws `NotFound` for an unknown app. */
export async function listConnections(
  ctx: Context,
  _actor: Actor,
  input: { destination?: string; projectId?: string },
): Promise<Connection[]> {
  const { projectId } = input
  const app = input.destination === undefined ? undefined : connectionOf(input.destination).app
  const rows = await ctx.db
    .selectFrom('connections')
    .selectAll()
    .$call((query) => (app === undefined ? query : query.where('app', '=', app)))
    .$call((query) => (projectId === undefined ? query : query.where('projectId', '=', projectId)))
    .orderBy('name')
    .execute()
  return describeConnections(ctx, rows)
}

/**
 * A page of those that `access` may know. Only the credentials of its connections are decrypted. Throws `NotFound` for
 * an unknown destination.
 */
export async function listPageOfConnections(ctx: Context, input: z.output<typeof pageConnections>, access: Access) {
  const app = input.destination === undefined ? undefined : connectionOf(input.destination).app
  const rows = await ctx.db
    .selectFrom('connections')
    .selectAll()
    .$call((query) => (app === undefined ? query : query.where('app', '=', app)))
    .execute()
  const known = readableConnections(
    access,
    rows.map((row) => ({
      id: row.id,
      name: row.name,
      description: row.description,
      account: row.account,
      title: connectionOf(row.app).title,
      projectId: row.projectId,
      allowedProjects: allowedOf(row).allowedProjects,
    })),
  )
  const { connections, ...page } = pageOfConnections(known, input)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const described = await describeConnections(
    ctx,
    connections.flatMap(({ id }) => byId.get(id) ?? []),
  )
  return { ...page, connections: readableConnections(access, described) }
}

/**
 * Those a sync may use: the organization's, and with `projectId` that project's own. Throws `NotFound` for an unknown
 * app.
 */
export async function listAvailableConnections(
  ctx: Context,
  _actor: Actor,
  input: { destination: string; projectId?: string },
) {
  const { id: orgId } = await ctx.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
  const rows = await ctx.db
    .selectFrom('connections')
    .select(['app as destination', 'name', 'id', 'projectId', 'allowedProjects', 'allowedTargets'])
    .where('app', '=', connectionOf(input.destination).app)
    .where((eb) =>
      eb.or([
        eb('projectId', 'is', null),
        ...(input.projectId === undefined ? [] : [eb('projectId', '=', input.projectId)]),
      ]),
    )
    .orderBy('name')
    .execute()
  const { projectId } = input
  return rows.flatMap(({ allowedProjects, allowedTargets, ...row }) => {
    const allowed = allowedOf({ allowedProjects, allowedTargets }).allowedProjects
    if (projectId !== undefined && allowed && !allowed.includes(projectId)) return []
    return [{ ...row, orgId, allowedProjects: allowed }]
  })
}

/** Throws `NotFound`, and `BadRequest` when the connection belongs to another app than the one that is named. */
export async function getConnection(
  ctx: Context,
  _actor: Actor,
  { destination, connectionId }: { destination?: string | undefined; connectionId: string },
): Promise<Connection> {
  return describeConnection(
    ctx,
    destination === undefined
      ? await findConnection(ctx, connectionId)
      : await findConnectionOf(ctx, destination, connectionId),
  )
}

/** Throws `NotFound`, and `BadRequest` when the connection belongs to another app. */
export async function getConnectionByName(
  ctx: Context,
  actor: Actor,
  input: { destination: string; connectionName: string },
): Promise<Connection> {
  const row = await ctx.db
    .selectFrom('connections')
    .where('name', '=', input.connectionName)
    .select('id')
    .executeTakeFirst()
  if (!row) throw new NotFound(`App Connection with name "${input.connectionName}" not found`)
  return getConnection(ctx, actor, { destination: input.destination, connectionId: row.id })
}
