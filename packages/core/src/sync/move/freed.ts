import { SYSTEM, type Context, type Tx } from '../../context.ts'
import { want } from '../wanted.ts'

/**
 * Keys went free at the target of `sync`: other syncs there that could not write everything look again, because one of the keys may
 * have been what they were refused. Inside the transaction; answers the syncs to wake after it.
 */
export async function keysFreed(ctx: Context, tx: Tx, sync: { id: string; targetKey: string }): Promise<string[]> {
  const others = await tx
    .selectFrom('syncs')
    .where('targetKey', '=', sync.targetKey)
    .where('id', '!=', sync.id)
    .where('state', '=', 'partial')
    .where('autoSync', '=', 1)
    .select('id')
    .execute()
  const ids = others.map(({ id }) => id)
  await want(ctx, tx, SYSTEM, 'sweep', ids)
  return ids
}
