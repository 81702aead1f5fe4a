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

/** Requests a run of the syncs that could not write everything at `targetKeys`, but for `except`. */
export async function requestOthers(
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
