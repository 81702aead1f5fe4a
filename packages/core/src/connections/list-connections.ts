/** Connections as the API answers them, without what is secret. */
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import { destination, destinations } from '../destinations/registry.ts'
import { allowedOf } from './allowed.ts'
import { describeConnection, describeConnections, type Connection } from './describe.ts'
import { findConnectionOf } from './find.ts'

/** What can be connected. */
export async function listConnectionOptions(_ctx: Context, _actor: Actor, _input: Record<never, never>) {
  return destinations().map(({ name, title, connection }) => ({
    name: title,
    destination: name,
    methods: [connection.method],
  }))
}

/** By name; with `projectId` only those that belong to that project. Throws `NotFound` for an unknown app. */
export async function listConnections(
  ctx: Context,
  _actor: Actor,
  input: { destination?: string; projectId?: string },
): Promise<Connection[]> {
  const { destination: app, projectId } = input
  if (app !== undefined) destination(app)
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
    .where('app', '=', destination(input.destination).name)
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
