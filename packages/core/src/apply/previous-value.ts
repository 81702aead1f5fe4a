/** The value a target held before a refused write took it away, found again in the vault and written again. */
import { DecryptionError, type Context } from '@keyferry/kernel'
import { projectKey } from '@keyferry/vault'
import type { Change } from '../destinations/destination.ts'
import { digestOf } from '../plan/desired.ts'
import type { Journal } from './journal.ts'
import type { LedgerEntry } from './ledger.ts'
import type { Outcomes } from './outcomes.ts'
import type { Difference, OpenTarget } from './target.ts'

/**
 * Where a vendor has no update, a refused new value has already cost the old one. The vault still has it, so it is
 * written again: a typing mistake must not remove a key at the destination.
 */
export async function restorePreviousValues(
  ctx: Context,
  target: OpenTarget,
  { ledger, desired }: Difference,
  ledgerJournal: Journal,
  outcomes: Outcomes,
): Promise<void> {
  const lost = outcomes
    .settled()
    .filter(
      ({ state, key, action }) =>
        state === 'failed' && action !== 'delete' && ledgerJournal.lastOf(key) === 'replacing',
    )
  if (lost.length === 0) return
  // A refused delete leaves the old value in place; only a listing shows which.
  const present = new Set((await target.client.list()).map((entry) => entry.key))
  for (const outcome of lost) {
    const { key } = outcome
    if (present.has(key)) continue
    const before = ledger.get(key)
    const entry = desired.entries.get(key)
    if (!before || before.digest === '' || !entry) continue
    const value = await previousValue(ctx, target, entry.sourceKey, key, before)
    if (value === null) continue
    const { sourceKey, version, madeOf, digest, flags } = before
    const change: Change = { action: 'create', key, value, flags }
    await target.client.apply([change], {
      replacing: () => Promise.resolve(),
      done: async (_, remoteIds = []) => {
        await ledgerJournal.add({ kind: 'written', key, sourceKey, version, madeOf, remoteIds, digest, flags })
        outcomes.noteRestored(outcome)
      },
      failed: () => Promise.resolve(),
    })
  }
}

/**
 * Looks through the versions of `sourceKey` in the sync's own folder, newest first. Null when none matches: the value
 * came through an import or was made of references, or is older than what is kept.
 */
async function previousValue(
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
