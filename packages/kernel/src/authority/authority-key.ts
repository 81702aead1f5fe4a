/**
 * The key that authority rests on, as it is stored. It keeps a note that the instance was set up, which nobody takes
 * out without the root key.
 */
import type { Db } from '@keyferry/db'
import type { Tx } from '../context.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { IntegrityBroken } from '../errors.ts'

/** Owner of the key. */
export const AUTHORITY = 'authority'

const SET_UP = 'set up'

/** Undefined in a store that has none. */
export const readKey = (db: Db | Tx) =>
  db.selectFrom('instanceKeys').where('owner', '=', AUTHORITY).select('wrapped').executeTakeFirst()

/** Whether the instance of this key, wrapped, was ever set up. */
export const isSetUp = (keyring: Keyring, wrapped: string): boolean =>
  keyring.notes(AUTHORITY, wrapped).includes(SET_UP)

/**
 * Of a store without an organization. Throws `IntegrityBroken` when it had one: then the organization was taken away,
 * and a second set-up would give its finder everything.
 */
export async function refuseSetUpStore(keyring: Keyring, tx: Tx): Promise<void> {
  const stored = await readKey(tx)
  const project = await tx.selectFrom('projects').select('id').executeTakeFirst()
  if (!stored || isSetUp(keyring, stored.wrapped) || project)
    throw new IntegrityBroken('The organization of this store is missing. Restore a backup.')
}

/** Notes, in the caller's transaction, that the instance is set up. */
export async function noteSetUp(keyring: Keyring, tx: Tx): Promise<void> {
  const { wrapped } = await tx
    .selectFrom('instanceKeys')
    .where('owner', '=', AUTHORITY)
    .select('wrapped')
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (isSetUp(keyring, wrapped)) return
  const noted = keyring.withNotes(AUTHORITY, wrapped, [...keyring.notes(AUTHORITY, wrapped), SET_UP])
  await tx.updateTable('instanceKeys').set({ wrapped: noted }).where('owner', '=', AUTHORITY).execute()
}
