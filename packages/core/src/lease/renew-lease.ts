import { batchLoader, boundRows, databaseTime, keptQuery, onReservedConnection, type Db, type Slot } from '@keyferry/db'
import { heldLeases, type HeldLease } from './held-leases.ts'

/** Milliseconds after which a lease that is not renewed may be taken by another run. */
export const LEASE_MS = 15_000

/**
 * Renews a lease. Those of a process that are renewed at about the same time share one statement, on a connection that
 * nothing else uses: however many runs wait for the store, none loses its target. Answers false for one that is lost,
 * and for one whose row is locked, as by an entry of its own run: waiting for that would keep the others waiting.
 */
export const renewLease = batchLoader(
  (db: Db, leases: readonly HeldLease[]) =>
    onReservedConnection(async () => {
      const rows = await renewHeld(db, { held: boundRows(leases) })
      const renewed = new Set(rows.map(({ targetKey }) => targetKey))
      return ({ targetKey }: HeldLease) => renewed.has(targetKey)
    }),
  { maxBatch: Infinity },
)

const renewHeld = keptQuery((db, slot: Slot<{ held: string }>) =>
  db
    .updateTable('leases')
    .set({ expiresAt: databaseTime(db, LEASE_MS) })
    .where('targetKey', 'in', heldLeases(db, slot('held')).select('leases.targetKey').forUpdate('leases').skipLocked())
    .returning('targetKey'),
)
