/** Two syncs may share a target only while their keys cannot meet. */
import { BadRequest, type Context, type Tx } from '@keyferry/kernel'
import { allows } from '@keyferry/schemas/policy'
import { loadTree, visible } from '@keyferry/vault'
import { keysAt } from '../apply/ledger.ts'
import type { SyncSpec } from '../apply/target.ts'
import type { Limits } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { lockTargets } from '../lease/lease.ts'
import { keySchema, schemasMeet, type KeySchema } from '../plan/key-schema.ts'
import type { StoredOptions } from '../sync/options.ts'
import { targetAliases } from '../sync/target-aliases.ts'

/**
 * Throws `BadRequest` naming the other sync when both could make the same names and one of them mirrors, since it would
 * delete the other's keys. Throws it too when the source holds a key that the other sync wrote or is going to. Later
 * meetings are refused key by key at run time.
 *
 * Of two syncs that are made for one target at the same time, in different projects too, the second sees the first.
 * `leaving`: keys of targets that the caller decides on as well, locked with this one.
 */
export async function refuseOverlap(
  ctx: Context,
  tx: Tx,
  spec: SyncSpec,
  leaving: readonly string[] = [],
): Promise<void> {
  const aliases = targetAliases(spec.targetKey)
  await lockTargets(tx, [aliases[0] ?? spec.targetKey, ...leaving])
  const others = await tx
    .selectFrom('syncs')
    .where('targetKey', 'in', aliases)
    .$if(spec.id !== null, (query) => query.where('syncs.id', '!=', spec.id))
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .select([
      'syncs.id',
      'syncs.name',
      'options',
      'folderId',
      'targetKey',
      'syncs.projectId',
      'environments.slug',
      'folders.path',
    ])
    .execute()
  if (others.length === 0) return
  const options: StoredOptions = JSON.parse(spec.options)
  const { storedName } = destination(spec.destination).limits
  const schema = await schemaOf(tx, options, spec.folderId, storedName)
  const names = await namesOf(ctx, tx, schema, spec.folderId)

  for (const other of others) {
    const theirs: StoredOptions = JSON.parse(other.options)
    const mirrors = options.deletionPolicy === 'mirror' || theirs.deletionPolicy === 'mirror'
    const who = wordsFor(ctx, spec, other)
    const theirSchema = await schemaOf(tx, theirs, other.folderId, storedName)
    if (mirrors && schemasMeet(schema, theirSchema)) {
      throw new BadRequest(
        `${who} already writes to this destination, and one of the two would delete the other's keys. ` +
          'Give each its own key schema, such as A_{{secretKey}}, or use the deletion policy "owned" or "none" for both.',
      )
    }
    const taken = new Set([
      ...(await keysAt(tx, { syncId: other.id, targetKey: other.targetKey })),
      ...(await namesOf(ctx, tx, theirSchema, other.folderId)),
    ])
    const shared = names.find((name) => taken.has(name))
    if (shared !== undefined) {
      throw new BadRequest(
        `${who} already writes ${shared} to this destination. Give one of the two another key schema.`,
      )
    }
  }
}

/** Names of another project, and of folders out of the caller's reach, are not for them. */
function wordsFor(
  { caller }: Pick<Context, 'caller'>,
  spec: Pick<SyncSpec, 'projectId'>,
  { name, projectId, slug, path }: { name: string; projectId: string; slug: string; path: string },
): string {
  if (projectId !== spec.projectId) return 'A sync of another project'
  const place = { kind: 'folder', projectId, environment: slug, path } as const
  return caller && !allows(caller.access, 'syncs.read', place) ? 'Another sync' : `The sync "${name}"`
}

/** The names at the target of what a folder shows, its imports included. */
async function namesOf(ctx: Context, tx: Tx, schema: KeySchema, folderId: string): Promise<string[]> {
  const tree = await loadTree(ctx, tx, [folderId], 'imports')
  const folder = tree.folders.get(folderId)
  if (!folder) return []
  return [...visible(tree, folder).keys.keys()].sort().map((key) => schema.name(key))
}

async function schemaOf(
  tx: Tx,
  options: StoredOptions,
  folderId: string,
  storedName: Limits['storedName'],
): Promise<KeySchema> {
  const environment = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', folderId)
    .select('environments.slug')
    .executeTakeFirstOrThrow()
  return keySchema(options.keySchema, environment.slug, storedName)
}
