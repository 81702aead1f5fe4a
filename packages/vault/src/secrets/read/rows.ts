import { timeSlice } from '@keyferry/db'
import {
  budget,
  MAX_NAME_BYTES,
  referencesIn,
  shortened,
  snapshot,
  TooLarge,
  type Actor,
  type Context,
} from '@keyferry/kernel'
import type { secretRow } from '@keyferry/schemas'
import type { z } from 'zod'
import { projectKey } from '../../keys/project-key.ts'
import { createExpander, type Expander } from '../../references/expand.ts'
import { namerOf, outOfReach } from '../../references/out-of-reach.ts'
import { visible } from '../../references/reference-graph.ts'
import { findFolder } from '../../tree/find-folder.ts'
import { shownTags } from '../../tree/tags.ts'
import { loadTree, openComment, openMetadata, openValue, valueOpener, type TreeFolder } from '../../tree/tree.ts'

type Row = z.output<typeof secretRow>

/**
 * What a folder shows, own and imported, by key, and what stops a value from being sent, as far as the caller may know.
 * Never a value. Throws `NotFound`.
 */
export async function listSecretRows(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; environment: string; secretPath: string },
): Promise<{ rows: Row[]; folderId: string }> {
  const { projectId } = input
  const names = namerOf(ctx, projectId)
  const { folderId, key, tree, tags } = await snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, input)
    const tree = await loadTree(ctx, tx, [folder.id], 'references', 'sealed', names)
    const tags = await shownTags(tx, projectId, { folderIds: [...tree.folders.keys()] })
    return { folderId: folder.id, key: await projectKey(ctx, tx, projectId), tree, tags }
  })
  const folder = tree.folders.get(folderId)
  if (!folder) return { rows: [], folderId }
  const spend = budget(ctx.limits)
  const open = valueOpener(key, projectId)
  const problemOf = problems(createExpander(tree, open, budget(ctx.limits)))
  const beyond = names && outOfReach(tree, open, names)
  const { keys } = visible(tree, folder, names)
  const rows: Row[] = []
  const slice = timeSlice()
  for (const [name, source] of keys) {
    if (slice.isOver()) await slice.rest()
    const row = source.secrets.get(name)
    if (!row) continue
    // What refers to nothing is opened and forgotten: only what is wrong with it is shown.
    const text = openValue(key, projectId, row)
    const references = referencesIn(text ?? '').map((reference) => shortened(reference.text, MAX_NAME_BYTES))
    const resolves = (text === null || references.length > 0) && !(await beyond?.(source, name))
    const problem = resolves ? await problemOf(source, name) : null
    const comment = openComment(key, projectId, row)
    const metadata = openMetadata(key, projectId, row)
    const shown = references.slice(0, MAX_SHOWN_REFERENCES)
    spend(row.comment.length + row.metadata.length + shown.length * MAX_NAME_BYTES)
    rows.push({
      id: row.id,
      key: name,
      origin:
        source === folder
          ? { kind: 'own' }
          : { kind: 'import', environment: source.environment, secretPath: source.path },
      references: shown,
      problem,
      blank: row.blank === 1,
      isLiteral: row.isLiteral === 1,
      version: row.version,
      comment,
      metadata,
      tags: tags.get(row.id) ?? [],
      updatedAt: row.updatedAt,
      updatedBy: row.updatedBy,
    })
  }
  return { rows: rows.sort((a, b) => (a.key < b.key ? -1 : 1)), folderId }
}

/** What stops a value. Beyond the budget rows are listed as they are: else nobody could see what to make smaller. */
function problems({ problemOf }: Expander): (source: TreeFolder, name: string) => Promise<string | null> {
  let spent = false
  return async (source, name) => {
    try {
      return spent ? UNCHECKED : await problemOf(source, name)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      spent = true
      return UNCHECKED
    }
  }
}

const UNCHECKED = 'was not checked: the references of this folder are more than one request may resolve'

/** References that a row names. */
const MAX_SHOWN_REFERENCES = 50
