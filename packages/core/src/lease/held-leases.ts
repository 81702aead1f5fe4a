import { valuesTable, type Tables } from '@keyferry/db'
import type { Kysely, RawBuilder } from 'kysely'

export interface HeldLease {
  targetKey: string
  fence: number
  /** A run id. */
  holder: string
}

/** Those of `held`, as `boundRows` gives them, that are still their holder's. */
export const heldLeases = (db: Kysely<Tables>, held: RawBuilder<string>) =>
  db
    .selectFrom('leases')
    .innerJoin(
      valuesTable<HeldLease>(db, held, { targetKey: 'text', fence: 'integer', holder: 'text' }).as('held'),
      (join) =>
        join
          .onRef('held.targetKey', '=', 'leases.targetKey')
          .onRef('held.fence', '=', 'leases.fence')
          .onRef('held.holder', '=', 'leases.holder'),
    )
