import { BadRequest, NotFound, type Context, type Tx } from '@keyferry/kernel'
import { destination } from '../destinations/registry.ts'
import { selectSyncs, toRows, type SyncRow } from './row.ts'

export interface SyncAddress {
  destination: string
  syncId: string
}

/** The stored sync. Throws `NotFound`, or `BadRequest` when it belongs to another destination than the one named. */
export async function findSync({ db }: { db: Context['db'] | Tx }, { destination: name, syncId }: SyncAddress) {
  const { title } = destination(name)
  const row = await db.selectFrom('syncs').where('id', '=', syncId).selectAll().executeTakeFirst()
  if (!row) throw noSuchSync(syncId)
  if (row.destination !== name)
    throw new BadRequest(`The secret sync ${row.name} is not a ${title} sync but one of ${row.destination}`)
  return row
}

/** As the API answers it. */
export async function syncRow(ctx: Context, syncId: string): Promise<SyncRow> {
  const [row] = await toRows(ctx, await selectSyncs(ctx.db).where('syncs.id', '=', syncId).execute())
  if (!row) throw noSuchSync(syncId)
  return row
}

/** The refusal of a sync that is not there. */
export const noSuchSync = (syncId: string): NotFound => new NotFound(`There is no secret sync with the id ${syncId}`)
