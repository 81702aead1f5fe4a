import { lockHead, mark } from '../audit/audit-head.ts'
import { timestamp, type Context, type Tx } from '../context.ts'
import { newOrganizationKey } from '../crypto/sealed-store.ts'
import { noteSetUp, refuseSetUpStore } from './authority-key.ts'
import { insertSettings } from './instance-settings.ts'

/**
 * Puts the organization into an empty store, with its key, its settings and the end of the audit log: from then on,
 * what of them is missing was taken away. Throws `IntegrityBroken` when this store had an organization before.
 */
export async function insertOrganization(
  ctx: Pick<Context, 'authority' | 'db' | 'keyring' | 'now'>,
  tx: Tx,
  { id, name, slug }: { id: string; name: string; slug: string },
): Promise<void> {
  await refuseSetUpStore(ctx.keyring, tx)
  await noteSetUp(ctx.keyring, tx)
  const { seq } = await lockHead(ctx, tx)
  const dataKey = newOrganizationKey(ctx.keyring, id)
  await tx
    .insertInto('organizations')
    .values({ id, name, slug, dataKey, createdAt: timestamp(ctx) })
    .execute()
  await insertSettings(ctx.authority, tx)
  await mark(ctx, tx, seq, seq, { always: true })
}
