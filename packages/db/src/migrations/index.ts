/** Every migration, oldest first. Named here, not scanned, so that the order is plain to read. */
import type { Migration } from 'kysely/migration'
import * as first from './0001-first.ts'
import * as moves from './0002-moves.ts'
import * as drift from './0003-drift.ts'
import * as notices from './0005-notices.ts'

export const migrations: Record<string, Migration> = {
  '0001-first': first,
  '0002-moves': moves,
  '0003-drift': drift,
  '0005-notices': notices,
}
