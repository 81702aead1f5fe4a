import type { ConnectionTable, Selectable } from '@keyferry/db'
import type { Context } from '../context.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { openCredentials, originOf } from './credentials.ts'

/** A stored connection and where it leads. */
export type ConnectionRow = Selectable<ConnectionTable> & { origin: string }

/** Throws `NotFound`. */
export async function findConnection(ctx: Context, connectionId: string): Promise<Selectable<ConnectionTable>> {
  const row = await ctx.db.selectFrom('connections').where('id', '=', connectionId).selectAll().executeTakeFirst()
  if (!row) throw new NotFound(`App Connection with ID ${connectionId} not found`)
  return row
}

/** Throws `NotFound` for an unknown app or id, `BadRequest` when the connection belongs to another app. */
export async function findConnectionOf(
  ctx: Context,
  app: string,
  connectionId: string,
): Promise<Selectable<ConnectionTable>> {
  const definition = destination(app)
  const row = await findConnection(ctx, connectionId)
  refuseOtherApp(definition, row)
  return row
}

/** The connection a sync of `projectId` to `definition` would use. Throws `NotFound`, and `BadRequest` when it may not use it. */
export async function connectionFor(
  ctx: Context,
  definition: DestinationDefinition,
  connectionId: string,
  projectId: string,
): Promise<ConnectionRow> {
  const row = await findConnection(ctx, connectionId)
  refuseOtherApp(definition, row)
  if (row.projectId !== null && row.projectId !== projectId) {
    throw new BadRequest(
      `App Connection "${row.name}" belongs to another project; use one of this project or of the organization`,
    )
  }
  return { ...row, origin: originOf(definition, await openCredentials(ctx, definition, row)) }
}

export function refuseOtherApp(
  definition: DestinationDefinition,
  row: Pick<Selectable<ConnectionTable>, 'name' | 'app'>,
): void {
  if (row.app === definition.name) return
  throw new BadRequest(`App Connection "${row.name}" is for ${destination(row.app).title}, not for ${definition.title}`)
}
