/** Old versions go once a secret has more than its quota. */
import { timeSlice } from '@keyferry/db'
import { mayMaintain, type Context, type Tx } from '@keyferry/kernel'
import { chunks } from '../tree/chunks.ts'
import { charge } from '../tree/quotas.ts'
import type { SecretRow } from '../tree/tree.ts'

/**
 * Versions beyond the quota that are let come together, as a share of it: looking for what is needed costs more than a
 * write.
 */
const SHARE = 0.1

/**
 * After secrets were written: removes versions older than the newest `versions` of the quota, by number. A version that
 * a kept run would be restored from stays, and everything stays once a newer version of Keyferry has brought the store
 * up to date.
 */
export async function pruneVersions(
  ctx: Pick<Context, 'db' | 'limits'>,
  tx: Tx,
  { projectId, folder }: { projectId: string; folder: { id: string } },
  written: readonly Pick<SecretRow, 'id' | 'key' | 'version'>[],
): Promise<void> {
  const { versions } = ctx.limits.project
  const every = Math.max(1, Math.floor(versions * SHARE))
  const full = written.filter(({ version }) => version > versions && version % every === 0)
  if (full.length === 0 || !(await mayMaintain(ctx, tx))) return
  const oldest = new Map(
    full.flatMap(({ id, key, version }) => [
      [id, version - versions + 1],
      [key, version - versions + 1],
    ]),
  )
  const needed = await neededVersions(tx, projectId, folder.id)
  for (const some of chunks(full)) {
    const rows = await tx
      .selectFrom('secretVersions')
      .where('folderId', '=', folder.id)
      .where((eb) =>
        eb.or([
          eb(
            'key',
            'in',
            some.map(({ key }) => key),
          ),
          eb(
            'secretId',
            'in',
            some.map(({ id }) => id),
          ),
        ]),
      )
      .where('version', '<', Math.max(...some.map(({ version }) => version - versions + 1)))
      .select(['id', 'secretId', 'key', 'version', 'value', 'comment', 'metadata'])
      .execute()
    const gone = rows.filter(
      ({ secretId, key, version }) =>
        version < (oldest.get(key) ?? oldest.get(secretId) ?? 0) && !needed.has(`${version} ${key}`),
    )
    for (const ids of chunks(gone.map(({ id }) => id)))
      await tx.deleteFrom('secretVersions').where('id', 'in', ids).execute()
    charge(tx, projectId, { bytes: -gone.reduce((sum, row) => sum + sizeOf(row), 0) })
  }
}

/** Bytes that the quota counts for a version. */
export const sizeOf = ({
  value,
  comment,
  metadata,
}: {
  value: string
  comment: string | null
  metadata: string | null
}): number => value.length + (comment?.length ?? 0) + (metadata?.length ?? 0)

/** `version key` of every version in this folder that the snapshot of a kept run names. */
async function neededVersions(tx: Tx, projectId: string, folderId: string): Promise<Set<string>> {
  const needed = new Set<string>()
  const slice = timeSlice()
  for (let after = ''; ;) {
    const row = await tx
      .selectFrom('snapshots')
      .innerJoin('syncs', 'syncs.id', 'snapshots.syncId')
      .where('syncs.projectId', '=', projectId)
      .where('snapshots.id', '>', after)
      .orderBy('snapshots.id')
      .limit(1)
      .select(['snapshots.id', 'snapshots.content'])
      .executeTakeFirst()
    if (!row) return needed
    after = row.id
    const snapshot: { folderId: string; entries: { sourceKey: string; version: number | null }[] } = JSON.parse(
      row.content,
    )
    if (snapshot.folderId === folderId)
      for (const { sourceKey, version } of snapshot.entries) if (version !== null) needed.add(`${version} ${sourceKey}`)
    if (slice.isOver()) await slice.rest()
  }
}
