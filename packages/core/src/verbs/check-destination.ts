import type { Actor, Context } from '@keyferry/kernel'
import { destination } from '../destinations/registry.ts'
import { targetAliases } from '../sync/target-aliases.ts'
import { placeFor, targetKey, targetOf } from './source.ts'

/**
 * Whether another sync already writes to this target. Without a connection every account of the vendor counts.
 * `maybeDuplicate`: one writes to a target of that name at another host, which may be the same under another name.
 * `sharedPlace`: what the target is, where other teams keep theirs too.
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
): Promise<{
  hasDuplicate: boolean
  maybeDuplicate: boolean
  duplicateProjectId?: string
  sharedPlace: string | null
}> {
  const definition = destination(input.destination)
  const { connectionId } = input
  const place = connectionId === undefined ? null : await placeFor(ctx, definition, { ...input, connectionId })
  const target = place?.target ?? targetOf(definition, input.target)
  const others = await ctx.db
    .selectFrom('syncs')
    .where('destination', '=', definition.name)
    .$call((query) => (input.excludeSyncId === undefined ? query : query.where('id', '!=', input.excludeSyncId)))
    .select(['projectId', 'target', 'targetKey'])
    .execute()
  const sameName = others.filter(
    (other) => definition.targetKey(targetOf(definition, JSON.parse(other.target))) === definition.targetKey(target),
  )
  const aliases = place && targetAliases(targetKey(definition, place.connection, target))
  const duplicate = sameName.find(({ targetKey }) => aliases?.includes(targetKey) ?? true)
  const sharedPlace = definition.sharedPlace?.(target) ?? null
  if (!duplicate) return { sharedPlace, hasDuplicate: false, maybeDuplicate: sameName.length > 0 }
  return { sharedPlace, hasDuplicate: true, maybeDuplicate: false, duplicateProjectId: duplicate.projectId }
}
