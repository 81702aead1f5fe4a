import { SYSTEM, type Context, type Tx } from '@keyferry/kernel'
import { requestRun } from './request-run.ts'

/**
 * Keys went free at the target of `sync`: other syncs there that could not write everything look again, because one of
 * the keys may have been what they were refused. Inside the transaction; answers the syncs to wake after it.
 */
export function keysFreed(ctx: Context, tx: Tx, sync: { id: string; targetKey: string }): Promise<string[]> {
  return freedAt(ctx, tx, [sync.targetKey], [sync.id])
}

/**
 * Deletes syncs and lets their keys stay where they are, nobody's from now on: at their targets, and at places they
 * were still to leave. Inside the transaction; answers the syncs to wake after it.
 */
export async function deleteSyncs(ctx: Context, tx: Tx, syncIds: readonly string[]): Promise<string[]> {
  const held = await tx.selectFrom('ledger').where('syncId', 'in', syncIds).select('targetKey').distinct().execute()
  await tx.deleteFrom('syncs').where('id', 'in', syncIds).execute()
  const places = held.map(({ targetKey }) => targetKey)
  return places.length === 0 ? [] : freedAt(ctx, tx, places, [])
}

async function freedAt(ctx: Context, tx: Tx, places: readonly string[], by: readonly string[]): Promise<string[]> {
  const others = await tx
    .selectFrom('syncs')
    .where('targetKey', 'in', places)
    .$if(by.length > 0, (query) => query.where('id', 'not in', by))
    // One that runs at this moment may have been refused a key already.
    .where('state', 'in', ['partial', 'running'])
    .where('autoSync', '=', 1)
    .orderBy('id')
    .select('id')
    .execute()
  const ids = others.map(({ id }) => id)
  await requestRun(ctx, tx, SYSTEM, 'sweep', ids)
  return ids
}
