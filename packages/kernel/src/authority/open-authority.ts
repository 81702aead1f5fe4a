import { withSeals, type Db } from '@keyferry/db'
import { lockHead, mark, sealEarlier } from '../audit/audit-head.ts'
import { keepMarks } from '../audit/audit.ts'
import type { Tx } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'
import type { Keyring, Wrapped } from '../crypto/keyring.ts'
import { wrappedOrganizationKey } from '../crypto/organization-key.ts'
import { isSealedStore, lacking, NOTES } from '../crypto/sealed-store.ts'
import { IntegrityBroken } from '../errors.ts'
import { transact } from '../transaction.ts'
import { AUTHORITY, isSetUp, noteSetUp, readKey, refuseSetUpStore } from './authority-key.ts'
import { authorityOf, type Authority } from './authority.ts'
import { makeHeads } from './make-heads.ts'
import { freshness } from './freshness.ts'
import { insertSettings } from './instance-settings.ts'
import { integrity, type Integrity } from './integrity.ts'
import { markRows } from './row-marks.ts'
import { sealStore } from './seal-store.ts'

export interface Opened {
  /** The store with its authority rows checked and sealed. */
  db: Db
  authority: Authority
  integrity: Integrity
}

/**
 * The key that authority rests on, and the store under it. Made at the first start. Rows from before their table was
 * sealed are sealed here, once: that it was done stands inside the organization's wrapped key, so a store whose seals
 * were taken off does not pass for an old one. Where a seal covers other columns than before, the rows that are whole
 * get a new one.
 *
 * Throws `IntegrityBroken` when rows are gone that this needs, and `DecryptionError` under another root key.
 */
export async function openAuthority({ db, keyring }: { db: Db; keyring: Keyring }): Promise<Opened> {
  const reports = integrity()
  const fresh = freshness({ keyring, report: reports.ofAudit })
  const key = (await present(db, keyring)) ?? (await transact({ db }, (tx) => prepare(tx, keyring)))
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
  const organization = await wrappedOrganizationKey(db).executeTakeFirst()
  const stored = await readKey(db)
  if (!organization || !stored || !isSetUp(keyring, stored.wrapped)) return null
  if (lacking(keyring, organization)) return null
  return keyring.open(AUTHORITY, stored.wrapped)
}

async function prepare(tx: Tx, keyring: Keyring): Promise<DataKey> {
  // Processes that start at once do this one after the other.
  const organization = await wrappedOrganizationKey(tx).forUpdate().executeTakeFirst()
  const key = await authorityKey(tx, keyring, organization)
  if (!organization) {
    await refuseSetUpStore(keyring, tx)
    return key
  }
  await noteSetUp(keyring, tx)
  const lacks = lacking(keyring, organization)
  if (!lacks) return key
  const authority = authorityOf(key, {
    freshness: freshness({ keyring, report: () => {} }),
    refused: () => {},
    read: () => Promise.resolve(key),
  })
  await sealStore(tx, authority, lacks.tables)
  if (lacks.settings) await insertSettings(authority, tx)
  const writes = lacks.folderHeads
    ? await makeHeads({ keyring }, tx, { areCounted: lacks.folderHeads === 'counted' })
    : new Map<string, number>()
  if (lacks.rowMarks) await markRows({ keyring }, tx)
  const ctx = { keyring, now: () => new Date() }
  await sealEarlier(ctx, tx)
  if (writes.size > 0) await keepMarks(ctx, tx, { ended: [], groups: new Map(), writes })
  const { seq } = await lockHead(ctx, tx)
  await mark(ctx, tx, seq, seq, { always: true })
  const dataKey = keyring.withNotes(organization.owner, organization.wrapped, NOTES)
  await tx.updateTable('organizations').set({ dataKey }).where('id', '=', organization.owner).execute()
  return key
}

async function authorityKey(tx: Tx, keyring: Keyring, organization: Wrapped | undefined): Promise<DataKey> {
  const stored = await readKey(tx)
  if (stored) {
    try {
      return keyring.open(AUTHORITY, stored.wrapped)
    } catch (error) {
      // Nothing was ever set up here, and the root key of that first start is gone.
      if (!(error instanceof DecryptionError) || organization) throw error
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
