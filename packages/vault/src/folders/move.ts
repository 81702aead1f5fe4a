/** Secrets and folders that go to another place. */
import { amend, timeSlice, type FolderTable, type Selectable } from '@keyferry/db'
import { audit, BadRequest, NotFound, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { isBelow, joinPath, movedPath, ROOT } from '@keyferry/schemas/secret-path'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { checkReferences } from '../references/check-references.ts'
import { keyOf, type FolderRef } from '../secrets/write/relocation.ts'
import { rewriteReferences } from '../secrets/write/rewrite-references.ts'
import { dropMovedSecrets } from '../secrets/write/delete-secrets.ts'
import { openForWriting, placeOf } from '../secrets/write/folder-for-writing.ts'
import { openSecret, type Put } from '../secrets/write/next-secret.ts'
import { presentSecrets, putSecrets } from '../secrets/write/write.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { findFolder, type Located } from '../tree/find-folder.ts'
import { refuseLongPath } from '../tree/path-length.ts'
import { refuseTaken } from '../tree/refuse-taken.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { tagIdsOf } from '../tree/tags.ts'
import { lost, type SecretRow } from '../tree/tree.ts'
import { getFolder } from './folders.ts'

/**
 * Moves secrets into another folder, of this environment or another. Values that refer to them follow; references
 * inside them continue meaning what they meant. Throws `NotFound` for a place or a secret that is not there,
 * `BadRequest` when keys are taken at the destination (unless `shouldOverwrite`), or naming who would get another
 * value.
 */
export function moveSecrets(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.moveSecrets>,
): Promise<z.output<typeof schemas.movedSecrets>> {
  const { projectId, shouldOverwrite } = input
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const from = await openForWriting(ctx, tx, {
      projectId,
      environment: input.sourceEnvironment,
      secretPath: input.sourceSecretPath,
    })
    const to = await openForWriting(ctx, tx, {
      projectId,
      environment: input.destinationEnvironment,
      secretPath: input.destinationSecretPath,
    })
    if (from.folder.id === to.folder.id)
      throw new BadRequest('The secrets are already in this folder. Name another folder.')
    const rows = await secretsOf(tx, from, input.secretIds)
    const present = await presentSecrets(
      tx,
      to.folder.id,
      rows.map((row) => row.key),
    )
    if (present.size > 0 && !shouldOverwrite)
      throw new BadRequest(
        `Secret already exist${present.size === 1 ? 's' : ''} at the destination: ${[...present.keys()].sort().join(', ')}`,
      )
    const there: FolderRef = { environment: to.environment.slug, path: to.folder.path }
    const moving = {
      secrets: new Map(
        rows.map((row) => [keyOf(from.folder.id, row.key), { ...there, folderId: to.folder.id, key: row.key }]),
      ),
      overwrites: present.size > 0,
    }
    const tags = await tagIdsOf(
      tx,
      [...rows, ...present.values()].map(({ id }) => id),
    )
    const tagsOf = (row: SecretRow | undefined): readonly string[] => tags.get(row?.id ?? '') ?? []
    const { rewritten } = await rewriteReferences(
      { ctx, tx, actor, project: from, markChanged },
      moving,
      async (values) => {
        const puts = rows.map((row): Put => {
          const replaced = present.get(row.key)
          const opened = openWhole(from, row)
          return {
            ...opened,
            present: replaced,
            value: values.get(keyOf(from.folder.id, row.key)) ?? opened.value,
            tagIds: [...tagsOf(row), ...tagsOf(replaced)],
          }
        })
        const { secrets } = await putSecrets(ctx, tx, actor, to, puts)
        await dropMovedSecrets(ctx, tx, actor, from, rows)
        await checkReferences(ctx, tx, to, secrets)
      },
    )
    markChanged(from.folder.id)
    markChanged(to.folder.id)
    await audit(ctx, tx, actor, 'secret.move', projectId, {
      from: placeOf(from),
      to: placeOf(to),
      keys: rows.map((row) => row.key),
      ...(present.size > 0 ? { overwritten: [...present.keys()].sort() } : {}),
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
    return { isSourceUpdated: true, isDestinationUpdated: true }
  })
}

/** By key. Throws `NotFound` for those that the folder does not have, by the name that they had in it. */
async function secretsOf(tx: Tx, { folder, environment }: Located, secretIds: readonly string[]): Promise<SecretRow[]> {
  const ids = [...new Set(secretIds)]
  const rows = await tx
    .selectFrom('secrets')
    .where('folderId', '=', folder.id)
    .where('id', 'in', ids)
    .selectAll()
    .execute()
  const found = new Set(rows.map(({ id }) => id))
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length === 0) return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
  const versions = await tx
    .selectFrom('secretVersions')
    .where('folderId', '=', folder.id)
    .where('secretId', 'in', missing)
    .orderBy('version')
    .select(['secretId', 'key'])
    .execute()
  const keys = new Map(versions.map(({ secretId, key }) => [secretId, key]))
  const names = missing.map((id) => keys.get(id) ?? id)
  throw new NotFound(`Secrets not found in ${environment.slug}:${folder.path}: ${names.join(', ')}`)
}

/** Throws `BadRequest` when a part of it cannot be decrypted. */
function openWhole(from: Parameters<typeof openSecret>[0], row: SecretRow): Omit<Put, 'present' | 'tagIds'> {
  const { value, comment, metadata } = openSecret(from, row)
  if (value === null) throw new BadRequest(`The value of ${row.key} cannot be decrypted; write a new value first.`)
  if (comment === null) throw lost(row.key, 'comment')
  if (metadata === null) throw lost(row.key, 'metadata')
  return {
    key: row.key,
    value,
    comment,
    metadata,
    skipMultilineEncoding: row.skipMultilineEncoding === 1,
    isLiteral: row.isLiteral === 1,
  }
}

/**
 * Moves a folder with everything below it into another folder, of this environment or another. Imports and syncs
 * follow, because they hold the folder itself; references are rewritten. Throws `NotFound`, and `BadRequest` for the
 * root folder, a taken name, a path that is too long, a destination inside it, or naming who would get another value.
 */
export async function moveFolder(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.moveFolder>,
): Promise<z.output<typeof schemas.folder>> {
  const { projectId, folderId } = input
  await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, projectId)
    const { environment } = await findFolder(tx, { ...input, secretPath: '/' })
    const to = await findFolder(tx, {
      projectId,
      environment: input.destinationEnvironment ?? input.environment,
      secretPath: input.destinationPath,
    })
    const all = await tx.selectFrom('folders').where('environmentId', '=', environment.id).selectAll().execute()
    const folder = all.find(({ id }) => id === folderId)
    if (!folder) throw new NotFound(`Folder with ID ${folderId} not found in environment "${environment.slug}"`)
    if (folder.path === ROOT) throw new BadRequest('The root folder cannot be moved')
    const inside = [folder, ...all.filter(({ path }) => isBelow(path, folder.path))]
    if (inside.some(({ id }) => id === to.folder.id)) throw new BadRequest('A folder cannot be moved into itself')
    const path = joinPath(to.folder.path, folder.name)
    await refuseTaken(tx, to.environment, path)
    const newPath = ({ path: old }: Selectable<FolderTable>): string => movedPath(old, folder.path, path)
    for (const one of inside) refuseLongPath(newPath(one), one.path)
    const moving = {
      folders: new Map(inside.map((one) => [one.id, { environment: to.environment.slug, path: newPath(one) }])),
    }
    for (const id of await dependentsOf(
      tx,
      inside.map(({ id }) => id),
    ))
      markChanged(id)
    const { rewritten } = await rewriteReferences(
      { ctx, tx, actor, project: { projectId, key }, markChanged },
      moving,
      async () => {
        await tx
          .updateTable('folders')
          .set({ updatedAt: timestamp(ctx) })
          .where('id', '=', folder.id)
          .execute()
        await relocate(
          tx,
          inside.map((one) => ({
            id: one.id,
            environmentId: to.environment.id,
            parentId: one.id === folder.id ? to.folder.id : one.parentId,
            path: newPath(one),
          })),
        )
      },
    )
    await audit(ctx, tx, actor, 'folder.move', projectId, {
      from: { environment: environment.slug, path: folder.path },
      to: { environment: to.environment.slug, path },
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
  })
  return getFolder(ctx, actor, { folderId })
}

async function relocate(
  tx: Tx,
  folders: readonly { id: string; environmentId: string; parentId: string | null; path: string }[],
): Promise<void> {
  const slice = timeSlice()
  for (const { id, ...place } of folders) {
    if (slice.isOver()) await slice.rest()
    await amend(tx, 'folders', id, place)
  }
}
