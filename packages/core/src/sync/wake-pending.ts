import type { Context } from '@keyferry/kernel'

/** After the commit that made syncs due: wakes the queue and shows them as pending. */
export async function wakePending(ctx: Context, syncs: readonly { id: string; projectId: string }[]): Promise<void> {
  await ctx.queue.wake(syncs.map(({ id }) => id))
  for (const { id, projectId } of syncs)
    ctx.events.publish({ kind: 'sync', projectId, syncId: id, state: 'pending', done: 0, total: 0 })
}
