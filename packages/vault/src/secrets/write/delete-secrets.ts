/** How secrets are deleted: every writer of the vault does it by `deleteSecretRows`. */
import { randomUUID } from 'node:crypto'
import { chunks, timeSlice, type SecretVersionTable } from '@keyferry/db'
import { timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import type { Insertable } from 'kysely'
import { trashSecrets } from '../../trash/trash-writes.ts'
import { charge } from '../../tree/quotas.ts'
import { associatedData, type SecretRow } from '../../tree/tree.ts'
import type { Target } from './folder-for-writing.ts'
import { highestVersions } from './highest-versions.ts'

/** Deletes secrets into the trash, leaving their versions and one more that says deleted. */
export async function deleteSecretRows(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  rows: readonly SecretRow[],
): Promise<void> {
  await trashSecrets(ctx, tx, actor, target, rows)
  await dropMovedSecrets(ctx, tx, actor, target, rows)
}

/**
 * Removes secrets that were written elsewhere in the same transaction: as `deleteSecretRows`, with nothing for the
 * trash.
 */
export async function dropMovedSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  rows: readonly SecretRow[],
): Promise<void> {
  const { key, projectId, folder } = target
  const highest = await highestVersions(
    tx,
    folder.id,
    rows.map((row) => row.key),
  )
  const at = timestamp(ctx)
  const tombstones: Insertable<SecretVersionTable>[] = []
  const slice = timeSlice()
  for (const row of rows) {
    if (slice.isOver()) await slice.rest()
    const version = Math.max(row.version, highest.get(row.key) ?? 0) + 1
    const value = key.seal('', ...associatedData('secret', projectId, { ...row, version }))
    tombstones.push({
      id: randomUUID(),
      secretId: row.id,
      folderId: folder.id,
      key: row.key,
      version,
      value,
      comment: null,
      metadata: null,
      tags: null,
      deleted: 1,
      counted: 1,
      textsCounted: 1,
      createdAt: at,
      createdBy: actor.name,
    })
  }
  charge(tx, projectId, { secrets: -rows.length, bytes: tombstones.reduce((sum, { value }) => sum + value.length, 0) })
  for (const some of chunks(tombstones)) await tx.insertInto('secretVersions').values(some).execute()
  for (const some of chunks(rows.map((row) => row.id))) await tx.deleteFrom('secrets').where('id', 'in', some).execute()
  await moveHead(tx, target, { secrets: rows }, {})
}
