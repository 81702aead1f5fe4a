import { snapshot, type Actor, type Context } from '@keyferry/kernel'
import type { checkedKey, checkKey as checkKeyInput } from '@keyferry/schemas'
import type { z } from 'zod'
import { importersOf } from '../tree/dependents.ts'
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
