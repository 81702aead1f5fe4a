import { batchLoader, inList, keptQuery, type ConnectionTable, type Db, type Selectable, type Slot } from '@keyferry/db'
import { BadRequest, NotFound, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import type { ConnectionDefinition } from '../destinations/connection.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { connectionOf } from '../destinations/registry.ts'
import { refuseNotAllowed } from './allowed.ts'
import { openCredentials, placeOf } from './credentials.ts'

/** A stored connection and where it leads: see `placeOf`. */
export type ConnectionRow = Selectable<ConnectionTable> & { place: string }

/** Throws `NotFound`. */
export async function findConnection(ctx: Context, connectionId: string): Promise<Selectable<ConnectionTable>> {
  const row = await ctx.db.selectFrom('connections').where('id', '=', connectionId).selectAll().executeTakeFirst()
  if (!row) throw noSuchConnection(connectionId)
  return row
}

/** The connection and the key that opens its credentials, in one look. Throws `NotFound`. */
export async function findWithKey(
  ctx: Context,
  connectionId: string,
): Promise<{ connection: Selectable<ConnectionTable>; key: DataKey }> {
  const row = await withKeys(ctx.db, connectionId)
  if (!row) throw noSuchConnection(connectionId)
  const { organizationId, dataKey, ...connection } = row
  return { connection, key: ctx.keyring.open(organizationId, dataKey) }
}

const withKeys = batchLoader(async (db: Db, ids: readonly string[]) => {
  const byId = new Map((await rowsWithKeys(db, { ids })).map((row) => [row.id, row]))
  return (id) => byId.get(id)
})

const rowsWithKeys = keptQuery((db, slot: Slot<{ ids: readonly string[] }>) =>
  db
    .selectFrom('connections')
    .innerJoin('organizations', (join) => join.onTrue())
    .where((eb) => inList(db, eb.ref('connections.id'), slot('ids')))
    .selectAll('connections')
    .select(['organizations.id as organizationId', 'organizations.dataKey']),
)

/** The refusal of a connection that is not there. */
export const noSuchConnection = (connectionId: string): NotFound =>
  new NotFound(`App Connection with ID ${connectionId} not found`)

/** Throws `NotFound` for an unknown app or id, `BadRequest` when the connection belongs to another app. */
export async function findConnectionOf(
  ctx: Context,
  app: string,
  connectionId: string,
): Promise<Selectable<ConnectionTable>> {
  const definition = connectionOf(app)
  const row = await findConnection(ctx, connectionId)
  refuseOtherApp(definition, row)
  return row
}

/**
 * The connection a sync of `projectId` to this target would use. Throws `NotFound`, and `BadRequest` when it may not
 * use it.
 */
export async function connectionFor(
  ctx: Context,
  definition: DestinationDefinition,
  connectionId: string,
  { projectId, target }: { projectId: string; target: Record<string, unknown> },
): Promise<ConnectionRow> {
  const row = await findConnection(ctx, connectionId)
  refuseNotAllowed(row, projectId, target)
  refuseOtherApp(definition.connection, row)
  return { ...row, place: placeOf(definition.connection, await openCredentials(ctx, row)) }
}

/** Whether the connection is as it was read. It then stays so until the transaction ends. */
export async function isAsRead(tx: Tx, read: Pick<ConnectionRow, 'id' | 'version'>): Promise<boolean> {
  const present = await tx
    .selectFrom('connections')
    .where('id', '=', read.id)
    .select('version')
    .forShare()
    .executeTakeFirst()
  return present?.version === read.version
}

/** Throws `BadRequest` for a connection to another provider than the definition's. */
export function refuseOtherApp(
  { app, title }: Pick<ConnectionDefinition, 'app' | 'title'>,
  row: Pick<Selectable<ConnectionTable>, 'name' | 'app'>,
): void {
  if (row.app === app) return
  throw new BadRequest(`App Connection "${row.name}" is for ${connectionOf(row.app).title}, not for ${title}`)
}
