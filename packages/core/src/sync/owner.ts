/** A sync runs on behalf of an owner who can read its whole source; without one it is blocked. */
import { authorize, requirement, readAccess } from '@keyferry/access'
import { amend } from '@keyferry/db'
import { Forbidden, OutOfReach, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { SyncMessage } from '@keyferry/schemas'
import { readerWith, type Reads } from '@keyferry/vault'
import { z } from 'zod'
import { publishSync } from './publish.ts'

const ownerSchema = z.object({ kind: z.enum(['user', 'identity', 'system']), id: z.string(), name: z.string() })

/** As it is kept with the sync. */
export const storedOwner = ({ kind, id, name }: Actor): string => JSON.stringify({ kind, id, name })

interface Sync {
  folderId: string
  standsBehind: string | null
}

export interface Blockage {
  kind: 'access'
  message: SyncMessage
  keys: []
  planHash: null
}

/** Who a sync runs for; null for syncs that were made before an owner was kept. */
export const ownerOf = ({ standsBehind }: Pick<Sync, 'standsBehind'>): Actor | null =>
  standsBehind === null ? null : ownerSchema.parse(JSON.parse(standsBehind))

/**
 * A run is checked like a call of its owner: they read everything that it sends. Null while they may, and for syncs
 * that were made before an owner was kept.
 */
export async function blockageWithoutOwner(db: Context['db'] | Tx, sync: Sync): Promise<Blockage | null> {
  const owner = ownerOf(sync)
  if (owner === null) return null
  const sent = requirement('secrets.read-values', {
    kind: 'shown-by',
    folder: { kind: 'folder-id', folderId: sync.folderId },
  })
  try {
    await authorize(db, await readAccess(db, owner), [sent])
    return null
  } catch (error) {
    if (!(error instanceof Forbidden || error instanceof OutOfReach)) throw error
    return ownerless(owner)
  }
}

function ownerless({ name }: Pick<Actor, 'name'>): Blockage {
  return { kind: 'access', message: { code: 'owner-without-access', owner: name }, keys: [], planHash: null }
}

/** The blockage of a run whose values came from out of its owner's reach. */
export const blockedByOwner = (sync: Pick<Sync, 'standsBehind'>): Blockage =>
  ownerless(ownerOf(sync) ?? { name: 'Somebody' })

/**
 * The folders whose values the owner of a sync may read: all of its project for syncs that were made before an owner
 * was kept.
 */
export async function ownerReads(
  db: Context['db'] | Tx,
  sync: Pick<Sync, 'standsBehind'> & { projectId: string },
): Promise<Reads> {
  const owner = ownerOf(sync)
  return owner === null ? null : readerWith(await readAccess(db, owner), sync.projectId)
}

/** Triggering an ownerless sync makes the caller its owner. */
export async function takeOwnership(tx: Tx, actor: Actor, sync: Sync & { id: string }): Promise<void> {
  if (!(await blockageWithoutOwner(tx, sync))) return
  await amend(tx, 'syncs', sync.id, { standsBehind: storedOwner(actor) })
}

/**
 * After rights were removed: blocks the syncs whose owner can no longer read their source. Of one project, or all
 * (null).
 */
export async function blockUnauthorizedSyncs(
  ctx: Pick<Context, 'now'>,
  tx: Tx,
  projectId: string | null,
): Promise<{ id: string; projectId: string }[]> {
  const syncs = await tx
    .selectFrom('syncs')
    .where('standsBehind', 'is not', null)
    .$call((query) => (projectId === null ? query : query.where('projectId', '=', projectId)))
    .select(['id', 'projectId', 'folderId', 'standsBehind'])
    .execute()
  const stopped = []
  for (const sync of syncs) {
    const blockage = await blockageWithoutOwner(tx, sync)
    if (!blockage) continue
    await tx
      .updateTable('syncs')
      .set((eb) => ({
        state: 'blocked',
        message: JSON.stringify(blockage.message),
        blockage: JSON.stringify(blockage),
        troubleSince: eb.fn.coalesce('troubleSince', eb.val(timestamp(ctx))),
      }))
      .where('id', '=', sync.id)
      .execute()
    stopped.push({ id: sync.id, projectId: sync.projectId })
  }
  return stopped
}

/** After the commit: screens show the stopped syncs. */
export function publishStopped(ctx: Context, stopped: readonly { id: string; projectId: string }[]): void {
  for (const sync of stopped) publishSync(ctx, sync, 'blocked')
}
