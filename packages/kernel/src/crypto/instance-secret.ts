import type { Context, Tx } from '../context.ts'
import { DecryptionError } from './data-key.ts'
import { wrappedOrganizationKey } from './organization-key.ts'

const OWNER = 'sign-in'

/**
 * 32 bytes that sign-in derives its own keys from. They are random, kept wrapped by the root key, and stay the same
 * when that is rotated: a user who is signed in stays so, and second factors still open. Made at the first start.
 */
export async function instanceSecret(ctx: Pick<Context, 'db' | 'keyring'>): Promise<Buffer> {
  const read = () => ctx.db.selectFrom('instanceKeys').where('owner', '=', OWNER).select('wrapped').executeTakeFirst()
  const make = async () => {
    const like = await wrappedOrganizationKey(ctx.db).executeTakeFirst()
    await ctx.db
      .insertInto('instanceKeys')
      .values({ owner: OWNER, wrapped: ctx.keyring.create(OWNER, like) })
      .onConflict((conflict) => conflict.column('owner').doNothing())
      .execute()
    return read()
  }
  const stored = (await read()) ?? (await make())
  if (!stored) throw new Error('the sign-in key vanished')
  try {
    return bytesOf(ctx, stored.wrapped)
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error
    const used = await ctx.db.selectFrom('organizations').select('id').executeTakeFirst()
    if (used) throw error
    // Nothing was ever set up here, and the root key of that first start is gone.
    await ctx.db.deleteFrom('instanceKeys').where('owner', '=', OWNER).where('wrapped', '=', stored.wrapped).execute()
    const again = await make()
    if (!again) throw error
    return bytesOf(ctx, again.wrapped)
  }
}

/** Opens every key of the instance itself. Throws `DecryptionError` under another root key. */
export async function openInstanceKeys(ctx: Pick<Context, 'db' | 'keyring'>): Promise<void> {
  const keys = ctx.db.selectFrom('instanceKeys').select(['owner', 'wrapped'])
  const all = await wrappedOrganizationKey(ctx.db).unionAll(keys).execute()
  for (const { owner, wrapped } of all) ctx.keyring.open(owner, wrapped)
}

/** A digest names its generation once the key was rotated. */
const bytesOf = (ctx: Pick<Context, 'keyring'>, wrapped: string): Buffer =>
  Buffer.from(ctx.keyring.open(OWNER, wrapped).digest('sign-in secret').split('.').at(-1) ?? '', 'base64url')

/**
 * Begins a new secret in the caller's transaction. Returns both; what the earlier one sealed is to be sealed with the
 * next one.
 */
export async function renewInstanceSecret(
  ctx: Pick<Context, 'db' | 'keyring'>,
  tx: Tx,
): Promise<{ before: Buffer; after: Buffer }> {
  const { wrapped } = await tx
    .selectFrom('instanceKeys')
    .where('owner', '=', OWNER)
    .select('wrapped')
    .forUpdate()
    .executeTakeFirstOrThrow()
  const renewed = ctx.keyring.retire(OWNER, ctx.keyring.renew(OWNER, wrapped))
  await tx.updateTable('instanceKeys').set({ wrapped: renewed }).where('owner', '=', OWNER).execute()
  return { before: bytesOf(ctx, wrapped), after: bytesOf(ctx, renewed) }
}
