import { isSealedTable, SEALED_TABLES, type SealedTable } from '@keyferry/db'
import type { Keyring, Wrapped } from '../crypto/keyring.ts'

/** Every table whose rows are sealed. */
export const TABLES: readonly SealedTable[] = Object.keys(SEALED_TABLES).filter(isSealedTable)

/** A new organization's key as it is stored: with a note of the tables that are sealed, which the root key protects. */
export const newOrganizationKey = (keyring: Keyring, organizationId: string): string =>
  keyring.withNotes(organizationId, keyring.create(organizationId), TABLES)

/** Whether this organization was made, or brought up to date, by a version that seals. */
export const isSealedStore = (keyring: Keyring, { owner, wrapped }: Wrapped): boolean =>
  keyring.notes(owner, wrapped).length > 0
