import type { Context } from '@keyferry/kernel'
import { publishSync } from './publish.ts'

/** After the commit that made syncs due: wakes the queue and shows them as pending. */
export async function wakePending(ctx: Context, syncs: readonly { id: string; projectId: string }[]): Promise<void> {
  await ctx.queue.wake(syncs.map(({ id }) => id))
  for (const sync of syncs) publishSync(ctx, sync, 'pending')
}
