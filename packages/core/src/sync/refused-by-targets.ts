import type { Context, Tx } from '@keyferry/kernel'
import { allows } from '@keyferry/schemas/policy'
import { refusalOf } from '../destinations/refusal.ts'
import { destination } from '../destinations/registry.ts'
import { collisions } from '../plan/collisions.ts'
import { keySchema } from '../plan/key-schema.ts'
import type { StoredOptions } from './options.ts'

/**
 * What destinations would refuse of the values that folders show, by key, with the first sync that says so; of the
 * syncs that the caller may know. A value null: only the key is judged. Names that collide at a destination are found
 * among `values`.
 */
export async function refusedByTargets(
  { caller }: Pick<Context, 'caller'>,
  tx: Tx,
  folderIds: readonly string[],
  values: ReadonlyMap<string, string | null>,
): Promise<Map<string, string>> {
  const refused = new Map<string, string>()
  if (folderIds.length === 0) return refused
  const syncs = await tx
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('syncs.folderId', 'in', folderIds)
    .select(['syncs.name', 'syncs.destination', 'syncs.options', 'syncs.target', 'syncs.projectId'])
    .select(['environments.slug as environment', 'folders.path'])
    .orderBy('syncs.name')
    .execute()
  for (const { name, destination: kind, options, target, projectId, environment, path } of syncs) {
    if (caller && !allows(caller.access, 'syncs.read', { kind: 'folder', projectId, environment, path })) continue
    const definition = destination(kind)
    const { title, limits } = definition
    const stored: StoredOptions = JSON.parse(options)
    const schema = keySchema(stored.keySchema, environment, limits.storedName)
    const colliding = collisions(values.keys(), schema, definition)
    const at = { target: JSON.parse(target), options: stored.own }
    const excluded = new Set(stored.excluded?.map((each) => each.key))
    for (const [key, value] of values) {
      if (excluded.has(key)) continue
      const reason = refusalOf(definition, schema.name(key), value ?? 'x', at) ?? colliding.get(key)?.reason ?? null
      if (reason !== null && !refused.has(key)) refused.set(key, `is refused by ${title} (sync ${name}): ${reason}`)
    }
  }
  return refused
}
