import type { Actor, Context } from '@keyferry/kernel'
import { connectionFor } from '../connections/find.ts'
import { destination } from '../destinations/registry.ts'
import { targetKey, targetOf } from './source.ts'

/** Whether another sync already writes to this target. Without a connection every account of the vendor counts. */
export async function checkDestination(
  ctx: Context,
  _actor: Actor,
  input: {
    destination: string
    target: Record<string, unknown>
    connectionId?: string
    excludeSyncId?: string
    projectId: string
  },
): Promise<{ hasDuplicate: boolean; duplicateProjectId?: string }> {
  const definition = destination(input.destination)
  const target = targetOf(definition, input.target)
  const others = await ctx.db
    .selectFrom('syncs')
    .where('destination', '=', definition.name)
    .$if(input.excludeSyncId !== undefined, (query) => query.where('id', '!=', input.excludeSyncId ?? ''))
    .select(['projectId', 'target', 'targetKey'])
    .execute()
  const same =
    input.connectionId === undefined
      ? (other: { target: string }) =>
          definition.targetKey(targetOf(definition, JSON.parse(other.target))) === definition.targetKey(target)
      : await sameKey(ctx, input.connectionId)
  const duplicate = others.find(same)
  return duplicate ? { hasDuplicate: true, duplicateProjectId: duplicate.projectId } : { hasDuplicate: false }

  async function sameKey(ctx: Context, connectionId: string) {
    const key = targetKey(
      definition,
      await connectionFor(ctx, definition, connectionId, { projectId: input.projectId, target }),
      target,
    )
    return (other: { targetKey: string }) => other.targetKey === key
  }
}
