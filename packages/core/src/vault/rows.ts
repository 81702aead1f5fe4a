import type { secretRow } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Actor, Context } from '../context.ts'
import { expander } from './expand.ts'
import { findFolder } from './folders.ts'
import { projectKey } from './project-key.ts'
import { referencesIn } from './references.ts'
import { shownTags } from './tags.ts'
import { loadTree, openComment, openMetadata, snapshot, valueOpener } from './tree.ts'

type Row = z.output<typeof secretRow>

/** What a folder shows, own and imported, by key, and what stops a value from being sent. Never a value. Throws `NotFound`. */
export async function listSecretRows(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; environment: string; secretPath: string },
): Promise<{ rows: Row[]; folderId: string }> {
  const { projectId } = input
  const { folderId, key, tree, tags } = await snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, input)
    const tree = await loadTree(tx, [folder.id])
    const tags = await shownTags(tx, projectId, [...tree.folders.keys()])
    return { folderId: folder.id, key: await projectKey(ctx, tx, projectId), tree, tags }
  })
  const folder = tree.folders.get(folderId)
  if (!folder) return { rows: [], folderId }
  const open = valueOpener(key, projectId)
  const expanding = expander(tree, open)
  const rows = [...expanding.visible(folder).keys].flatMap(([name, source]): Row[] => {
    const row = source.secrets.get(name)
    if (!row) return []
    const expanded = expanding.expand(source, name)
    return [
      {
        id: row.id,
        key: name,
        origin:
          source === folder
            ? { kind: 'own' }
            : { kind: 'import', environment: source.environment, secretPath: source.path },
        references: referencesIn(open(row) ?? '').map((reference) => reference.text),
        problem: 'problem' in expanded ? expanded.problem : null,
        blank: row.blank === 1,
        version: row.version,
        comment: openComment(key, projectId, row) ?? '',
        metadata: openMetadata(key, projectId, row),
        tags: tags.get(row.id) ?? [],
        updatedAt: row.updatedAt,
        updatedBy: row.updatedBy,
      },
    ]
  })
  return { rows: rows.sort((a, b) => (a.key < b.key ? -1 : 1)), folderId }
}
