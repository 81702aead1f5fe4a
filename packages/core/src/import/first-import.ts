/** The import that the first run of a sync begins with, where it was created so. */
import { authorize, readAccess, requirement } from '@keyferry/access'
import {
  BadRequest,
  Conflict,
  Forbidden,
  KeyferryError,
  OutOfReach,
  QuotaExceeded,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type { OpenTarget } from '../apply/target.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import type { Lease } from '../lease/lease.ts'
import { blockedBySource, type Blocked } from '../plan/blockage.ts'
import { firstImportOf, importsFirst } from '../sync/options.ts'
import { ownerOf, ownerReads } from '../sync/owner.ts'
import type { DueSync } from '../sync/due.ts'
import { applyImport, recordFailedImport } from './apply-import.ts'

/**
 * Imports on behalf of the sync's owner, once. `none`: there is nothing to import, the run continues. `outdated`: the
 * source has changed, or the sync was edited meanwhile, so the run starts over. Throws `Unresolvable`,
 * `DestinationError` and `LeaseLost`.
 */
export async function importFirst(
  ctx: Context,
  { id: jobId, sync }: { id: string; sync: DueSync },
  target: OpenTarget,
  lease: Lease,
): Promise<'none' | 'outdated' | Blocked> {
  const priority = firstImportOf(target.options)
  const owner = ownerOf(sync)
  if (priority === null || owner === null || !importsFirst(sync)) return 'none'
  const writing = requirement('secrets.write', { kind: 'folder-id', folderId: sync.folderId })
  const verify = async (db: Context['db'] | Tx): Promise<void> => authorize(db, await readAccess(db, owner), [writing])
  try {
    await verify(ctx.db)
  } catch (error) {
    if (!(error instanceof Forbidden || error instanceof OutOfReach)) throw error
    return blockedBy(owner.name)
  }
  try {
    const reads = await ownerReads(ctx.db, sync)
    await applyImport(ctx, owner, target, { sync, priority, reads, jobId, lease, verify })
    return 'outdated'
  } catch (error) {
    if (error instanceof Conflict) return 'outdated'
    if (error instanceof DestinationError || error instanceof KeyferryError)
      await recordFailedImport(ctx, sync.id, jobId, error.message)
    if (error instanceof QuotaExceeded || error instanceof BadRequest) return blockedBySource(error)
    throw error
  }
}

const blockedBy = (owner: string): Blocked => ({
  kind: 'blocked',
  plan: null,
  blockage: { kind: 'access', message: { code: 'owner-cannot-import', owner }, keys: [], planHash: null },
})
