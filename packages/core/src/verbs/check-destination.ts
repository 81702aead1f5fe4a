import type { Actor, Context } from '@keyferry/kernel'
import { connectionFor } from '../connections/find.ts'
import { destination } from '../destinations/registry.ts'
import { targetAliases } from '../sync/target-aliases.ts'
import { targetKey, targetOf } from './source.ts'

/**
 * Whether another sync already writes to this target. Without a connection every account of the vendor counts.
 * `maybeDuplicate`: one writes to a target of that name at another host, which may be the same under another name.
 */
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
): Promise<{ hasDuplicate: boolean; maybeDuplicate: boolean; duplicateProjectId?: string }> {
  const definition = destination(input.destination)
  const target = targetOf(definition, input.target)
  const others = await ctx.db
    .selectFrom('syncs')
    .where('destination', '=', definition.name)
    .$if(input.excludeSyncId !== undefined, (query) => query.where('id', '!=', input.excludeSyncId ?? ''))
    .select(['projectId', 'target', 'targetKey'])
    .execute()
  const sameName = others.filter(
    (other) => definition.targetKey(targetOf(definition, JSON.parse(other.target))) === definition.targetKey(target),
  )
  const aliases = input.connectionId === undefined ? null : await aliasesThrough(input.connectionId)
  const duplicate = sameName.find(({ targetKey }) => aliases?.includes(targetKey) ?? true)
  if (!duplicate) return { hasDuplicate: false, maybeDuplicate: sameName.length > 0 }
  return { hasDuplicate: true, maybeDuplicate: false, duplicateProjectId: duplicate.projectId }

  async function aliasesThrough(connectionId: string): Promise<string[]> {
    const at = { projectId: input.projectId, target }
    return targetAliases(targetKey(definition, await connectionFor(ctx, definition, connectionId, at), target))
  }
}
