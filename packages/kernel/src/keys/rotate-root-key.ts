import { CHAIN } from '../audit/audit-head.ts'
import { audit } from '../audit/audit.ts'
import type { Actor, Context } from '../context.ts'
import { maintain } from '../maintenance.ts'

/**
 * Wraps every data key again with `newRootKey` (32 bytes), all in one transaction: afterwards only the new root key
 * opens the store. Every process must be able to find the new one by then, beside the old one. Running it again changes
 * nothing. Returns how many keys were rewrapped. Throws `DecryptionError` when the present root key does not open them
 * all; then nothing was changed.
 */
export function rotateRootKey(ctx: Context, actor: Actor, newRootKey: Buffer): Promise<number> {
  return maintain(ctx, async (tx) => {
    const found: (() => Promise<unknown>)[] = []
    const rewrap = (owner: string, wrapped: string, store: (wrapped: string) => Promise<unknown>): void => {
      const rewrapped = ctx.keyring.rewrap(owner, wrapped, newRootKey)
      if (rewrapped !== null) found.push(() => store(rewrapped))
    }
    // A transaction that creates a key reads one of these first, and waits.
    for (const { id, dataKey } of await tx.selectFrom('organizations').select(['id', 'dataKey']).forUpdate().execute())
      rewrap(id, dataKey, (dataKey) => tx.updateTable('organizations').set({ dataKey }).where('id', '=', id).execute())
    const projects = tx.selectFrom('projects').select(['id', 'dataKey']).orderBy('id').forUpdate()
    for (const { id, dataKey } of await projects.execute())
      rewrap(id, dataKey, (dataKey) => tx.updateTable('projects').set({ dataKey }).where('id', '=', id).execute())
    const instanceKeys = tx.selectFrom('instanceKeys').selectAll().orderBy('owner').forUpdate()
    for (const { owner, wrapped } of await instanceKeys.execute())
      rewrap(owner, wrapped, (wrapped) =>
        tx.updateTable('instanceKeys').set({ wrapped }).where('owner', '=', owner).execute(),
      )
    // Written with the key of the chain as it still is.
    if (found.length > 0) await audit(ctx, tx, actor, 'instance.rotate-root-key', null, { keys: found.length + 1 })
    for (const { id, key } of await tx.selectFrom('auditHead').select(['id', 'key']).forUpdate().execute())
      rewrap(CHAIN, key, (key) => tx.updateTable('auditHead').set({ key }).where('id', '=', id).execute())
    for (const store of found) await store()
    return found.length
  })
}
