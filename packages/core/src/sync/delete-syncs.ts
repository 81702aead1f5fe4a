/** The end of syncs whose keys stay where they are. */
import { audit, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { requestOthers } from './freed.ts'

interface Deleted {
  projectId: string
  syncs: readonly { id: string; name: string }[]
  /** What they are deleted for, where it is the deletion of something else. */
  because?: string
}

/**
 * Deletes syncs and lets their keys stay, nobody's from now on: at their targets, and at places they were still to
 * leave. No receipt shows those keys any more, so the audit row names the places and how many are there. Inside the
 * transaction; answers the syncs to wake after it.
 */
export async function deleteSyncs(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { projectId, syncs, because }: Deleted,
): Promise<string[]> {
  const ids = syncs.map(({ id }) => id)
  const places = await placesWithKeys(tx, ids)
  for (const { id, name } of syncs) {
    await audit(ctx, tx, actor, 'delete-secret-sync', projectId, {
      syncId: id,
      name,
      removeSecrets: false,
      ...(because === undefined ? {} : { because }),
      kept: places.filter(({ syncId }) => syncId === id).map(({ kept }) => kept),
    })
  }
  await tx.deleteFrom('syncs').where('id', 'in', ids).execute()
  return places.length === 0 ? [] : requestOthers(ctx, tx, [...new Set(places.map(({ targetKey }) => targetKey))])
}

/** The present target of each sync and those it is still leaving, where the ledger has keys. */
async function placesWithKeys(tx: Tx, syncIds: readonly string[]) {
  const held = await tx
    .selectFrom('ledger')
    .where('syncId', 'in', syncIds)
    .groupBy(['syncId', 'targetKey'])
    .select(({ fn }) => ['syncId', 'targetKey', fn.countAll<number | string>().as('keys')])
    .execute()
  const present = tx
    .selectFrom('syncs')
    .innerJoin('connections', 'connections.id', 'syncs.connectionId')
    .where('syncs.id', 'in', syncIds)
    .select(['syncs.id as syncId', 'targetKey', 'destination', 'connections.name as connection', 'target'])
  const left = tx
    .selectFrom('departures')
    .innerJoin('syncs', 'syncs.id', 'departures.syncId')
    .innerJoin('connections', 'connections.id', 'departures.connectionId')
    .where('departures.syncId', 'in', syncIds)
    .select([
      'departures.syncId',
      'departures.targetKey',
      'destination',
      'connections.name as connection',
      'departures.target',
    ])
  const places = [...(await present.execute()), ...(await left.execute())]
  return held.map(({ syncId, targetKey, keys }) => {
    const place = places.find((one) => one.syncId === syncId && one.targetKey === targetKey)
    const target: unknown = place && JSON.parse(place.target)
    const { destination, connection } = place ?? {}
    return { syncId, targetKey, kept: { destination, connection, target, keys: Number(keys) } }
  })
}
