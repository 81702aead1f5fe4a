import type { Db } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import type { DataKey } from './data-key.ts'

/** The wrapped key of what belongs to the instance and to no project; no row before the instance is set up. */
export const wrappedOrganizationKey = (db: Db | Tx) =>
  db.selectFrom('organizations').select(['id as owner', 'dataKey as wrapped'])

/** The same, opened. Throws `DecryptionError` under another root key. */
export async function organizationKey(ctx: Pick<Context, 'db' | 'keyring'>): Promise<DataKey> {
  const { owner, wrapped } = await wrappedOrganizationKey(ctx.db).executeTakeFirstOrThrow()
  return ctx.keyring.open(owner, wrapped)
}
