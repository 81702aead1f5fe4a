import { SYSTEM, type Context, type Tx } from '@keyferry/kernel'
import { requestRun } from './request-run.ts'

/**
 * Keys went free at the target of `sync`: other syncs there that could not write everything look again, because one of
 * the keys may have been what they were refused. Inside the transaction; they are woken when the target's lease is
 * given back.
 */
export async function keysFreed(ctx: Context, tx: Tx, sync: { id: string; targetKey: string }): Promise<void> {
  await requestOthers(ctx, tx, [sync.targetKey], sync.id)
}

/**
 * Deletes syncs and lets their keys stay where they are, nobody's from now on: at their targets, and at places they
 * were still to leave. Inside the transaction; answers the syncs to wake after it.
 */
export async function deleteSyncs(ctx: Context, tx: Tx, syncIds: readonly string[]): Promise<string[]> {
  const held = await tx.selectFrom('ledger').where('syncId', 'in', syncIds).select('targetKey').distinct().execute()
  await tx.deleteFrom('syncs').where('id', 'in', syncIds).execute()
  const places = held.map(({ targetKey }) => targetKey)
  return places.length === 0 ? [] : requestOthers(ctx, tx, places)
}

/** Requests a run of the syncs that could not write everything at `targetKeys`, but for `except`. */
async function requestOthers(
  ctx: Context,
  tx: Tx,
  targetKeys: readonly string[],
  except: string | null = null,
): Promise<string[]> {
  const others = await tx
    .selectFrom('syncs')
    .where('targetKey', 'in', targetKeys)
    .$if(except !== null, (query) => query.where('id', '!=', except))
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
