import { isSealedTable, SEALED_TABLES, type SealedTable } from '@keyferry/db'
import type { Keyring, Wrapped } from './keyring.ts'

/** Every table whose rows are sealed. */
export const TABLES: readonly SealedTable[] = Object.keys(SEALED_TABLES).filter(isSealedTable)

/** Noted once the folders of a store have their heads. */
const FOLDER_HEADS = 'folder heads'

/** Noted once those heads cover texts and imports, too. */
const HEAD_TEXTS = 'folder texts and imports'

/** Noted once every setting of the instance has its row. */
const SETTINGS = 'settings'

/** Noted once the pauses of syncs are one of them. */
const PAUSES = 'pauses as a setting'

/** Noted once the rows of the ledger and of the trash have their marks. */
const ROW_MARKS = 'row marks'

/**
 * All that is noted of a store that this version made or brought up to date: each table with the columns that its seals
 * cover.
 */
export const NOTES: readonly string[] = [
  ...TABLES.map((table) => `${table}:${SEALED_TABLES[table].join(',')}`),
  FOLDER_HEADS,
  HEAD_TEXTS,
  SETTINGS,
  PAUSES,
  ROW_MARKS,
]

/** A table, and the columns that its seals cover in this store; null: it has none yet. */
export interface Unsealed {
  table: SealedTable
  covered: readonly string[] | null
}

/** Columns of the tables that were noted by their names only, where they are others by now. */
const FIRST_COLUMNS: Partial<Record<SealedTable, readonly string[]>> = {
  syncs: SEALED_TABLES.syncs.filter((column) => !['overwriteApproved', 'approvedPlan', 'removal'].includes(column)),
}

/** A new organization's key as it is stored: with a note of what is sealed, which the root key protects. */
export const newOrganizationKey = (keyring: Keyring, organizationId: string): string =>
  keyring.withNotes(organizationId, keyring.create(organizationId), NOTES)

interface Lacking {
  tables: Unsealed[]
  /** `counted`: they cover which secrets there are, and nothing else. */
  folderHeads: 'all' | 'counted' | null
  settings: boolean
  rowMarks: boolean
}

/**
 * What this store lacks: tables whose seals are missing or cover other columns than they should, the heads of its
 * folders, the rows of settings that were never changed, and the marks of rows. Null: nothing.
 */
export function lacking(keyring: Keyring, { owner, wrapped }: Wrapped): Lacking | null {
  const noted = new Map(
    keyring.notes(owner, wrapped).map((note) => {
      const [name = '', columns] = note.split(':')
      return [name, columns?.split(',') ?? null]
    }),
  )
  const tables = TABLES.flatMap((table): Unsealed[] => {
    if (!noted.has(table)) return [{ table, covered: null }]
    const covered = noted.get(table) ?? FIRST_COLUMNS[table] ?? SEALED_TABLES[table]
    return covered.join() === SEALED_TABLES[table].join() ? [] : [{ table, covered }]
  })
  const lacksTexts = noted.has(FOLDER_HEADS) ? 'counted' : 'all'
  const folderHeads = noted.has(HEAD_TEXTS) ? null : lacksTexts
  const settings = !noted.has(SETTINGS) || !noted.has(PAUSES)
  const rowMarks = !noted.has(ROW_MARKS)
  return tables.length > 0 || folderHeads !== null || settings || rowMarks
    ? { tables, folderHeads, settings, rowMarks }
    : null
}

/** Whether this organization was made, or brought up to date, by a version that seals. */
export const isSealedStore = (keyring: Keyring, { owner, wrapped }: Wrapped): boolean =>
  keyring.notes(owner, wrapped).length > 0
