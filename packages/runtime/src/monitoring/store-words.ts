import type { StoreTrouble } from '@keyferry/db'

/** What is wrong with the store and what to do, for people. */
export const STORE_WORDS: Record<StoreTrouble, string> = {
  'read-only': 'The store is read-only: point DATABASE_URL at the primary, or make it writable.',
  refused: 'The database refused the connection. Check user, password, database and rights in DATABASE_URL.',
  full: 'The disk of the store is full: make room.',
  damaged: 'Part of the store is damaged: restore a backup (docs/keys-and-backups.md).',
  failing:
    'The disk of the store refuses to read or write. Check that it is mounted writable, the quota of the user and the health of the disk.',
  overloaded: 'The store is overloaded: it refused or did not finish a small write.',
  unreachable: 'The store cannot be reached.',
}
