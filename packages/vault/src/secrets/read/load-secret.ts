/** Reading one secret of a large folder: the others are not read to check it. */
import { readStart } from '@keyferry/db'
import { snapshot, type Context, type DataKey } from '@keyferry/kernel'
import { secretsOfFolder } from '@keyferry/kernel/authority'
import { namerOf, readerOf } from '../../references/out-of-reach.ts'
import { findFolder, type FoundFolder } from '../../tree/find-folder.ts'
import { shownTags } from '../../tree/tags.ts'
import { openValue, secretsNamed } from '../../tree/tree.ts'
import { loadAround, loadSecrets, nameOf, sharedReadsOf, type Loaded, type Wanted } from './load-secrets.ts'

/** A large folder that was read whole since it was written: each of its secrets can be read without the others. */
interface LargeFolder {
  located: FoundFolder
  key: DataKey
  has: NonNullable<ReturnType<typeof secretsOfFolder>>
}

const readsOf = sharedReadsOf<Loaded | LargeFolder>()

/**
 * What `loadSecrets` would load of a folder, as far as one of its secrets needs it. Those with every name and value in
 * the project do not wait for the other secrets of a large folder. Throws as `loadSecrets` does.
 */
export async function loadSecret(ctx: Context, wanted: Wanted & { key: string }): Promise<Loaded> {
  const whole = () => loadSecrets(ctx, wanted, { recursive: false })
  if (namerOf(ctx, wanted.projectId) ?? readerOf(ctx, wanted.projectId)) return whole()
  const loaded = await readsOf(ctx.db)(nameOf(ctx, wanted, false), () => {
    const start = readStart()
    return snapshot(ctx, async (tx) => {
      const located = await findFolder(tx, wanted)
      return largeFolder(ctx, wanted, located, start) ?? loadAround(ctx, tx, wanted, [located])
    })
  })
  if ('tree' in loaded) return loaded
  return (await loadAlone(ctx, wanted, loaded)) ?? whole()
}

function largeFolder(
  ctx: Context,
  { projectId, showValues: values }: Wanted,
  located: FoundFolder,
  start: number,
): LargeFolder | null {
  const key = ctx.keyring.open(projectId, located.dataKey)
  const has = secretsOfFolder(ctx, key, { ...located.folder, projectId }, { values }, start)
  return has && { located, key, has }
}

/** Null when the folder has no such secret, and when the secret is made of others. */
async function loadAlone(
  ctx: Context,
  { projectId, key: name, showValues, expandReferences }: Wanted & { key: string },
  { located: { folder, environment }, key, has }: LargeFolder,
): Promise<Loaded | null> {
  const { id, path } = folder
  return snapshot(ctx, async (tx) => {
    const [row] = await secretsNamed(tx, { folderId: id, keys: [name] })
    if (!row || !has(row)) return null
    if (showValues && expandReferences && openValue(key, projectId, row)?.includes('${') !== false) return null
    const alone = { id, projectId, environment: environment.slug, path, imports: [], secrets: new Map([[name, row]]) }
    const tags = await shownTags(tx, projectId, { secretIds: [row.id] })
    return { roots: [id], tree: { folders: new Map([[id, alone]]), at: () => undefined }, key, tags }
  })
}
