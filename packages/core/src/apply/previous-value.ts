/** The value a target held before, found again in the vault's versions by its digest. */
import { DecryptionError, type Context } from '@keyferry/kernel'
import { projectKey } from '@keyferry/vault'
import { digestOf } from '../plan/desired.ts'
import type { LedgerEntry } from './ledger.ts'
import type { OpenTarget } from './target.ts'

/**
 * Looks through the versions of `sourceKey` in the sync's own folder, newest first. Null when none matches: the value
 * came through an import or was made of references, or is older than what is kept.
 */
export async function previousValue(
  ctx: Context,
  { spec }: OpenTarget,
  sourceKey: string,
  name: string,
  { digest, flags }: LedgerEntry,
): Promise<string | null> {
  // Read again: the run may have begun before the key was rotated.
  const key = await projectKey(ctx, ctx.db, spec.projectId)
  const wanted = key.upgradeDigest(digest)
  const versions = await ctx.db
    .selectFrom('secretVersions')
    .where('folderId', '=', spec.folderId)
    .where('key', '=', sourceKey)
    .where('deleted', '=', 0)
    .orderBy('version', 'desc')
    .limit(50)
    .select(['value', 'version'])
    .execute()
  for (const version of versions) {
    try {
      const value = key.open(version.value, 'secret', spec.projectId, spec.folderId, sourceKey, String(version.version))
      if (digestOf(key, name, value, flags) === wanted) return value
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
    }
  }
  return null
}
