/** Every migration, oldest first. Named here, not scanned, so that the order is plain to read. */
import type { Migration } from 'kysely/migration'
import * as first from './0001-first.ts'

export const migrations: Record<string, Migration> = { '0001-first': first }
