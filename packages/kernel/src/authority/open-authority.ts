import { withSeals, type Db } from '@keyferry/db'
import { mark, sealEarlier } from '../audit/audit-head.ts'
import type { Tx } from '../context.ts'
import { SealBroken, type DataKey } from '../crypto/data-key.ts'
import type { Keyring, Wrapped } from '../crypto/keyring.ts'
import { isSealedStore, NOTES, unsealed } from '../crypto/sealed-store.ts'
import { IntegrityBroken } from '../errors.ts'
import { authorityOf, type Authority } from './authority.ts'
import { makeHeads } from './folder-head.ts'
import { freshness } from './freshness.ts'
import { integrity, type Integrity } from './integrity.ts'
import { sealStore } from './seal-store.ts'

/** Owner of the key. */
export const AUTHORITY = 'authority'

export interface Opened {
  /** The store with its authority rows checked and sealed. */
  db: Db
  authority: Authority
  integrity: Integrity
}

/**
 * The key that authority rests on, and the store under it. Made at the first start. Rows from before their table was sealed are sealed here,
 * once: that it was done stands inside the organization's wrapped key, so a store whose seals were taken off does not pass for an old one. Where a seal
 * covers other columns than before, the rows that are whole get a new one.
 *
 * Throws `IntegrityBroken` when rows are gone that this needs, and `SealBroken` under another root key.
 */
export async function openAuthority({ db, keyring }: { db: Db; keyring: Keyring }): Promise<Opened> {
  const reports = integrity()
  const fresh = freshness()
  const key = (await present(db, keyring)) ?? (await db.transaction().execute((tx) => prepare(db, tx, keyring)))
  const authority = authorityOf(key, {
    freshness: fresh,
    refused: reports.refused,
    async read() {
      const stored = await readKey(db)
      return stored ? keyring.open(AUTHORITY, stored.wrapped) : key
    },
  })
  await fresh.catchUp(db)
  return { db: withSeals(db, authority), authority, integrity: reports }
}

/** The key of a store in which there is nothing left to seal; null for any other. */
async function present(db: Db, keyring: Keyring): Promise<DataKey | null> {
  const organization = await organizationKeys(db).executeTakeFirst()
  const stored = await readKey(db)
  if (!organization || !stored) return null
  const { tables, folderHeads } = unsealed(keyring, organization)
  if (tables.length > 0 || folderHeads) return null
  return keyring.open(AUTHORITY, stored.wrapped)
}

async function prepare(db: Db, tx: Tx, keyring: Keyring): Promise<DataKey> {
  // Processes that start at once do this one after the other.
  const organization = await organizationKeys(tx)
    .$if(db.dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst()
  if (!organization) {
    const project = await tx.selectFrom('projects').select('id').executeTakeFirst()
    if (project) throw new IntegrityBroken('The organization is missing beside its projects. Restore a backup.')
  }
  const key = await authorityKey(tx, keyring, organization)
  if (!organization) return key
  const { tables, folderHeads } = unsealed(keyring, organization)
  if (tables.length === 0 && !folderHeads) return key
  const authority = authorityOf(key, {
    freshness: freshness(),
    refused: () => {},
    read: () => Promise.resolve(key),
  })
  await sealStore(tx, authority, tables)
  if (folderHeads) await makeHeads({ keyring, authority }, tx)
  const { seq } = await sealEarlier({ keyring }, db, tx)
  await mark({ keyring }, tx, seq, seq, { always: true })
  const dataKey = keyring.withNotes(organization.owner, organization.wrapped, NOTES)
  await tx.updateTable('organizations').set({ dataKey }).where('id', '=', organization.owner).execute()
  return key
}

const organizationKeys = (db: Db | Tx) => db.selectFrom('organizations').select(['id as owner', 'dataKey as wrapped'])

const readKey = (db: Db | Tx) =>
  db.selectFrom('instanceKeys').where('owner', '=', AUTHORITY).select('wrapped').executeTakeFirst()

async function authorityKey(tx: Tx, keyring: Keyring, organization: Wrapped | undefined): Promise<DataKey> {
  const stored = await readKey(tx)
  if (stored) {
    try {
      return keyring.open(AUTHORITY, stored.wrapped)
    } catch (error) {
      // Nothing was ever set up here, and the root key of that first start is gone.
      if (!(error instanceof SealBroken) || organization) throw error
      await tx.deleteFrom('instanceKeys').where('owner', '=', AUTHORITY).execute()
    }
  }
  if (organization && isSealedStore(keyring, organization))
    throw new IntegrityBroken('The key that people and machines are checked with is missing. Restore a backup.')
  await tx
    .insertInto('instanceKeys')
    .values({ owner: AUTHORITY, wrapped: keyring.create(AUTHORITY, organization) })
    .onConflict((conflict) => conflict.column('owner').doNothing())
    .execute()
  const made = await readKey(tx)
  if (!made) throw new Error('the authority key vanished')
  return keyring.open(AUTHORITY, made.wrapped)
}
