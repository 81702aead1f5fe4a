/** Step 4: what stands at the target, where the vendor's listing may lag behind our own writes. */
import type { Context } from '@keyferry/kernel'
import type { Observed } from '../destinations/destination.ts'
import { recordRevisions, type LedgerEntry, type TargetLedgers } from './ledger.ts'
import type { OpenTarget } from './target.ts'

/**
 * The listing. Of what it lacks, or shows otherwise than we wrote it, the vendor is asked again where it has a stronger
 * read; where it has none, what we wrote within the time that listings lag counts as standing there.
 */
export async function observe(
  ctx: Context,
  { spec, definition, client }: OpenTarget,
  listing: Promise<Observed[]>,
  ledgers: Promise<TargetLedgers>,
): Promise<Observed[]> {
  const [listed, { own }] = await Promise.all([listing, ledgers])
  const since = ctx.now().getTime() - (definition.listingLagMs ?? 0)
  const mayLag = (ours: LedgerEntry): boolean =>
    definition.listingLagMs !== undefined && Date.parse(ours.writtenAt) > since
  const byKey = new Map(listed.map((entry) => [entry.key, entry]))
  const doubtful = [...own].filter(([key, ours]) => ours.digest !== '' && !agrees(ours, byKey.get(key)))
  if (client.reread && doubtful.length > 0) {
    const again = await client.reread(doubtful.map(([key]) => key))
    for (const [key] of doubtful) byKey.delete(key)
    for (const entry of again) byKey.set(entry.key, entry)
  } else {
    for (const [key, ours] of doubtful) {
      if (mayLag(ours)) byKey.set(key, { key, remoteIds: ours.remoteIds, flags: ours.flags })
    }
  }
  const observed = [...byKey.values()]
  if (spec.id !== null) {
    const seen = observed.flatMap(({ key, revision }) => {
      const ours = own.get(key)
      if (revision === undefined || ours?.revision !== null || ours.digest === '') return []
      // A lagging listing may show the revision of what was there before our write.
      if (client.reread === undefined && mayLag(ours)) return []
      return [{ key, revision, writtenAt: ours.writtenAt }]
    })
    await recordRevisions(ctx, { syncId: spec.id, targetKey: spec.targetKey }, seen)
  }
  return observed
}

const agrees = (ours: LedgerEntry, shown: Observed | undefined): boolean =>
  shown !== undefined && shown.remoteIds.every((id) => ours.remoteIds.includes(id))
