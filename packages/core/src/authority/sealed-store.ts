import { isSealedTable, SEALED_TABLES, type SealedTable } from '@keyferry/db'
import type { Keyring, Wrapped } from '../crypto/keyring.ts'

/** Every table whose rows are sealed. */
export const TABLES: readonly SealedTable[] = Object.keys(SEALED_TABLES).filter(isSealedTable)

/** Noted once the folders of a store have their heads. */
export const FOLDER_HEADS = 'folder heads'

/** All that is noted of a store that this version made or brought up to date. */
export const NOTES: readonly string[] = [...TABLES, FOLDER_HEADS]

/** A new organization's key as it is stored: with a note of the tables that are sealed, which the root key protects. */
export const newOrganizationKey = (keyring: Keyring, organizationId: string): string =>
  keyring.withNotes(organizationId, keyring.create(organizationId), NOTES)

/** Whether this organization was made, or brought up to date, by a version that seals. */
export const isSealedStore = (keyring: Keyring, { owner, wrapped }: Wrapped): boolean =>
  keyring.notes(owner, wrapped).length > 0
