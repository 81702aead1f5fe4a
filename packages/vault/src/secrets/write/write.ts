/** How secrets are written: every writer of the vault uses `putSecrets`. */
import { chunks, timeSlice } from '@keyferry/db'
import { timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import { pruneVersions, sizeOf } from '../../trash/prune-versions.ts'
import { charge } from '../../tree/quotas.ts'
import { openTags, UNTAGGED } from '../../tree/tags.ts'
import { secretsNamed, type SecretRow } from '../../tree/tree.ts'
import type { Target } from './folder-for-writing.ts'
import { highestVersions } from './highest-versions.ts'
import { nextSecret, type Opened, type Put } from './next-secret.ts'
import { storeSecrets, type Write } from './store-secrets.ts'

/** The secrets of a folder with these keys, by key. */
export async function presentSecrets(
  tx: Tx,
  folderId: string,
  keys: readonly string[],
): Promise<Map<string, SecretRow>> {
  const found = new Map<string, SecretRow>()
  for (const some of chunks([...new Set(keys)]))
    for (const row of await secretsNamed(tx, { folderId, keys: some })) found.set(row.key, row)
  return found
}

/**
 * Creates, changes and renames secrets, in order; the keys must not clash, which the caller has checked. Each write
 * takes the version after the highest that its key ever had in this folder, so that a sealed value fits one version
 * only. What changes nothing writes nothing. Returns the secrets as they are then, and which of them were written.
 * Throws `NotFound` naming tags that are none of this project.
 */
export async function putSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  puts: readonly Put[],
): Promise<{ secrets: Opened[]; written: Set<string> }> {
  const highest = await highestVersions(
    tx,
    target.folder.id,
    puts.map((put) => put.key),
  )
  const tagging = await openTags(
    tx,
    target.projectId,
    puts.map(({ present, tagIds }) => ({ secretId: present?.id, tagIds })),
  )
  const at = timestamp(ctx)
  const secrets: Opened[] = []
  const writes: Write[] = []
  const replaced: SecretRow[] = []
  const slice = timeSlice()
  for (const [index, put] of puts.entries()) {
    if (slice.isOver()) await slice.rest()
    const version = Math.max(highest.get(put.key) ?? 0, put.present?.version ?? 0) + 1
    const { changed, ...tags } = tagging[index] ?? UNTAGGED
    const next = nextSecret(target, put, { version, retagged: changed, by: actor.name, at })
    secrets.push(next)
    if (next.row === put.present) continue
    writes.push({ ...next, tags })
    if (put.present) replaced.push(put.present)
  }
  await storeSecrets(tx, target, writes, actor, at)
  await moveHead(tx, target, { secrets: replaced }, { secrets: writes.map(({ row }) => row) })
  charge(tx, target.projectId, {
    adds: true,
    secrets: puts.filter(({ present }) => present === undefined).length,
    bytes: writes.reduce((sum, { row }) => sum + sizeOf(row), 0),
  })
  await pruneVersions(
    ctx,
    tx,
    target,
    writes.map(({ row }) => row),
  )
  return { secrets, written: new Set(writes.map(({ row }) => row.key)) }
}
