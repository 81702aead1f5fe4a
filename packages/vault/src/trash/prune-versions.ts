/** Old versions go once a secret has more than its quota. */
import { chunks, timeSlice } from '@keyferry/db'
import { mayMaintain, type Context, type Tx } from '@keyferry/kernel'
import { sql } from 'kysely'
import { pagesOf } from '../tree/pages.ts'
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
    const keys = some.map(({ key }) => key)
    const older = tx
      .selectFrom('secretVersions')
      .where('folderId', '=', folder.id)
      .where('version', '<', Math.max(...some.map(({ version }) => version - versions + 1)))
      .select(['id', 'secretId', 'key', 'version', 'value', 'comment', 'metadata'])
    const ids = some.map(({ id }) => id)
    // Not as one condition: the store would look for either through everything that was ever written in the folder.
    const rows = await older
      .where('key', 'in', keys)
      .unionAll(older.where('secretId', 'in', ids).where('key', 'not in', keys))
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
  for (const syncId of await syncsWithSnapshots(tx, projectId, folderId)) {
    for await (const content of snapshotsOf(tx, syncId, folderId)) {
      for (const version of namedVersions(content, folderId)) needed.add(version)
      if (slice.isOver()) await slice.rest()
    }
  }
  return needed
}

function namedVersions(content: string, folderId: string): string[] {
  const snapshot: { folderId: string; entries: { sourceKey: string; version: number | null }[] } = JSON.parse(content)
  if (snapshot.folderId !== folderId) return []
  return snapshot.entries.flatMap(({ sourceKey, version }) => (version === null ? [] : `${version} ${sourceKey}`))
}

/** The syncs of the project that have a snapshot which may be of this folder. */
async function syncsWithSnapshots(tx: Tx, projectId: string, folderId: string): Promise<string[]> {
  const found = await tx
    .selectFrom('snapshots')
    .where('syncId', 'in', (eb) => eb.selectFrom('syncs').where('projectId', '=', projectId).select('syncs.id'))
    .where('position', '=', 0)
    .where('content', 'like', `%${folderId}%`)
    .select('syncId')
    .distinct()
    .execute()
  return found.map(({ syncId }) => syncId)
}

/** Snapshots at a time: each has up to thousands of entries. */
const SNAPSHOTS = 20

/**
 * The stored snapshots of a sync that may be of this folder. All of a chain are of one folder, so the others are not
 * read.
 */
async function* snapshotsOf(tx: Tx, syncId: string, folderId: string): AsyncGenerator<string> {
  const ofSync = tx.selectFrom('snapshots').where('syncId', '=', syncId)
  const ofFolder = ofSync.where('content', 'like', `%${folderId}%`)
  // In the text of the statements: the index of chains holds only those.
  const chains = await ofFolder.where('chain', '>', sql.lit(0)).where('position', '=', 0).select('chain').execute()
  const links = (chain: number) =>
    pagesOf<{ position: number; content: string }>((after) =>
      ofSync
        .where('chain', '=', chain)
        .where('chain', '>', sql.lit(0))
        .where('position', '>', after?.position ?? -1)
        .orderBy('position')
        .limit(SNAPSHOTS)
        .select(['position', 'content'])
        .execute(),
    )
  // Of an earlier version of Keyferry.
  const alone = pagesOf<{ hash: string; content: string }>((after) =>
    ofFolder
      .where('chain', '=', 0)
      .$call((query) => (after === undefined ? query : query.where('hash', '>', after.hash)))
      .orderBy('hash')
      .limit(SNAPSHOTS)
      .select(['hash', 'content'])
      .execute(),
  )
  for (const { chain } of chains) for await (const page of links(chain)) yield* page.map(({ content }) => content)
  for await (const page of alone) yield* page.map(({ content }) => content)
}
