import { snapshot, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { checkedKey, checkKey as checkKeyInput } from '@keyferry/schemas'
import type { z } from 'zod'
import { findFolder } from '../tree/find-folder.ts'
import { refusedByTargets } from './refused-by-targets.ts'

/** Whether a destination of the folder, or of one that imports it, would refuse the key. Throws `NotFound`. */
export function checkKey(
  ctx: Context,
  _actor: Actor,
  { key, ...where }: z.output<typeof checkKeyInput>,
): Promise<z.output<typeof checkedKey>> {
  return snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, where)
    const shownIn = await importersOf(tx, folder.id)
    const refused = await refusedByTargets(ctx, tx, folder.id, shownIn, new Map([[key, null]]))
    return { refusal: refused.get(key) ?? null }
  })
}

/** The folder and those that import it, directly or not. */
async function importersOf(tx: Tx, folderId: string): Promise<string[]> {
  const found = new Set([folderId])
  for (let frontier = [folderId]; frontier.length > 0;) {
    const rows = await tx
      .selectFrom('imports')
      .where('sourceFolderId', 'in', frontier)
      .select('folderId')
      .distinct()
      .execute()
    frontier = rows.map((row) => row.folderId).filter((id) => !found.has(id))
    for (const id of frontier) found.add(id)
  }
  return [...found]
}
