import { lockHead, mark } from '../audit/audit-head.ts'
import { timestamp, type Context, type Tx } from '../context.ts'
import { newOrganizationKey } from '../crypto/sealed-store.ts'

/** Puts the organization into an empty store, with its key and the end of the audit log: from then on, what of them is missing was taken away. */
export async function insertOrganization(
  ctx: Pick<Context, 'db' | 'keyring' | 'now'>,
  tx: Tx,
  { id, name, slug }: { id: string; name: string; slug: string },
): Promise<void> {
  const { seq } = await lockHead(ctx, ctx.db, tx)
  const dataKey = newOrganizationKey(ctx.keyring, id)
  await tx
    .insertInto('organizations')
    .values({ id, name, slug, dataKey, createdAt: timestamp(ctx) })
    .execute()
  await mark(ctx, tx, seq, seq, { always: true })
}
