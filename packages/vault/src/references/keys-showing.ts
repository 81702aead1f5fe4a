/** Where secrets show: the keys of other folders, and of their own, whose values are made of them. */
import { timeSlice } from '@keyferry/db'
import { budget, snapshot, type Context } from '@keyferry/kernel'
import { loadTree, valueOpener } from '../tree/tree.ts'
import { createExpander } from './expand.ts'
import { versionsIn, type MadeOf } from './made-of.ts'
import { visible } from './reference-graph.ts'

/** A key of a folder. `madeOf` null: of more secrets than are kept with a value. */
export interface ShowingKey {
  key: string
  madeOf: MadeOf | null
  /** The resolved value; null when it does not resolve, or was not requested. */
  value: string | null
}

/**
 * By the ids of `folderIds`, which are folders of one project: the keys whose values may be made of `secrets`, by id.
 * Throws `TooLarge` beyond the budget of a request.
 */
export async function keysShowing(
  ctx: Context,
  projectId: string,
  {
    folderIds,
    secrets,
    values,
  }: { folderIds: readonly string[]; secrets: ReadonlyMap<string, unknown>; values: boolean },
): Promise<Map<string, ShowingKey[]>> {
  const tree = await snapshot(ctx, (tx) => loadTree(ctx, tx, folderIds))
  const key = tree.keys.get(projectId)
  const shown = new Map<string, ShowingKey[]>()
  if (!key) return shown
  const expander = createExpander(tree, valueOpener(key, projectId), budget(ctx.limits))
  const slice = timeSlice()
  for (const folderId of folderIds) {
    const folder = tree.folders.get(folderId)
    if (!folder) continue
    const keys: ShowingKey[] = []
    for (const [name, source] of visible(tree, folder).keys) {
      if (slice.isOver()) await slice.rest()
      const madeOf = expander.madeOf(source, name)
      if (madeOf && !Object.keys(versionsIn(madeOf)).some((id) => secrets.has(id))) continue
      const expanded = values ? await expander.expand(source, name) : null
      keys.push({ key: name, madeOf, value: expanded && 'value' in expanded ? expanded.value : null })
    }
    shown.set(folderId, keys)
  }
  return shown
}
