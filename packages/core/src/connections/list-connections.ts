/** Connections as the API answers them, without what is secret. */
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import { connectionOf, destinations } from '../destinations/registry.ts'
import { allowedOf } from './allowed.ts'
import { describeConnection, describeConnections, type Connection } from './describe.ts'
import { findConnectionOf } from './find.ts'

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
    .$if(app !== undefined, (query) => query.where('app', '=', app ?? ''))
    .$if(projectId !== undefined, (query) => query.where('projectId', '=', projectId ?? ''))
    .orderBy('name')
    .execute()
  return describeConnections(ctx, rows)
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

/** Throws `NotFound`, and `BadRequest` when the connection belongs to another app. */
export async function getConnection(
  ctx: Context,
  _actor: Actor,
  input: { destination: string; connectionId: string },
): Promise<Connection> {
  return describeConnection(ctx, await findConnectionOf(ctx, input.destination, input.connectionId))
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
