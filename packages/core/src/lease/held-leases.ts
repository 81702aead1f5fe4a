import { valuesTable, type Db } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

export interface HeldLease {
  targetKey: string
  fence: number
  /** A run id. */
  holder: string
}

/** Those of `held` that are still their holder's. */
export const heldLeases = (db: Db | Tx, held: readonly HeldLease[]) =>
  db
    .selectFrom('leases')
    .innerJoin(valuesTable(db, held, { targetKey: 'text', fence: 'integer', holder: 'text' }).as('held'), (join) =>
      join
        .onRef('held.targetKey', '=', 'leases.targetKey')
        .onRef('held.fence', '=', 'leases.fence')
        .onRef('held.holder', '=', 'leases.holder'),
    )
