import { randomUUID } from 'node:crypto'
import { chunks, inList, keptQuery, timeSlice, type ReferenceTable, type Slot } from '@keyferry/db'
import { referencesIn, type Actor, type Tx } from '@keyferry/kernel'
import type { Insertable } from 'kysely'
import { sizeOf } from '../../trash/prune-versions.ts'
import { setTags, type Tagging } from '../../tree/tags.ts'
import type { SecretRow } from '../../tree/tree.ts'
import type { Target } from './folder-for-writing.ts'
import type { Opened } from './next-secret.ts'

/** A secret as it is written, with its tags. */
export type Write = Opened & { tags: Tagging }

/** Writes the rows, their versions, the references in their values and their tags, in batches. */
export async function storeSecrets(
  tx: Tx,
  target: Target,
  writes: readonly Write[],
  actor: Actor,
  at: string,
): Promise<void> {
  const edges: Insertable<ReferenceTable>[] = []
  const slice = timeSlice()
  for (const some of chunks(writes, ({ row }) => sizeOf(row))) {
    if (slice.isOver()) await slice.rest()
    await tx
      .insertInto('secrets')
      .values(some.map(({ row }) => row))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          key: eb.ref('excluded.key'),
          version: eb.ref('excluded.version'),
          value: eb.ref('excluded.value'),
          comment: eb.ref('excluded.comment'),
          metadata: eb.ref('excluded.metadata'),
          blank: eb.ref('excluded.blank'),
          skipMultilineEncoding: eb.ref('excluded.skipMultilineEncoding'),
          isLiteral: eb.ref('excluded.isLiteral'),
          updatedAt: eb.ref('excluded.updatedAt'),
          updatedBy: eb.ref('excluded.updatedBy'),
        })),
      )
      .execute()
    await tx
      .insertInto('secretVersions')
      .values(
        some.map(({ row: { id, folderId, key, version, value, comment, metadata, isLiteral }, tags }) => ({
          id: randomUUID(),
          secretId: id,
          folderId,
          key,
          version,
          value,
          comment,
          metadata,
          tags: JSON.stringify(tags.slugs),
          isLiteral,
          deleted: 0,
          counted: 1,
          textsCounted: 1,
          createdAt: at,
          createdBy: actor.name,
        })),
      )
      .execute()
    await dropReferences(tx, { secretIds: some.map(({ row }) => row.id) })
    for (const { row, value } of some) {
      if (slice.isOver()) await slice.rest()
      for (const edge of edgesOf(target, row, value ?? '')) edges.push(edge)
    }
  }
  for (const some of chunks(edges)) {
    if (slice.isOver()) await slice.rest()
    await tx.insertInto('references').values(some).execute()
  }
  for (const { row, tags } of writes) {
    if (slice.isOver()) await slice.rest()
    if (tags.tagIds) await setTags(tx, row.id, tags.tagIds)
  }
}

const dropReferences = keptQuery((db, slot: Slot<{ secretIds: readonly string[] }>) =>
  db.deleteFrom('references').where(({ ref }) => inList(db, ref('secretId'), slot('secretIds'))),
)

/**
 * One edge per key elsewhere that the value mentions. A key of its own folder, or of what that imports, needs none: the
 * folder reads itself and its imports already.
 */
function edgesOf({ projectId }: Target, row: SecretRow, value: string): Insertable<ReferenceTable>[] {
  const edges: Insertable<ReferenceTable>[] = []
  for (const reference of referencesIn(value)) {
    if (reference.kind !== 'absolute') continue
    const { environment, path, key } = reference
    edges.push({ secretId: row.id, folderId: row.folderId, projectId, environmentSlug: environment, path, key })
  }
  return edges
}
