/** Who did what. */
import type { ColumnType } from 'kysely'
import type { Fixed, Timestamp } from './column.ts'

export interface AuditTable {
  id: Fixed<string>
  /** Its place in the chain, from 1; 0 and below for rows from before there was one. */
  seq: Fixed<number>
  at: Fixed<Timestamp>
  /** `user`, `identity`, `system` or `anonymous`. */
  actorKind: Fixed<string>
  actorId: Fixed<string>
  actor: Fixed<string>
  /** Where the request came from; null for Keyferry's own actions. */
  address: Fixed<string | null>
  action: Fixed<string>
  projectId: Fixed<string | null>
  /** JSON: names and ids, never values. */
  details: Fixed<string>
  /** Hash of the row before; empty for the first. */
  prevHash: Fixed<string>
  /** Keyed hash over this row and the one before. */
  hash: Fixed<string>
  /** JSON: what its transaction ended or wrote, and must not come back (kernel/authority/freshness.ts). */
  marks: ColumnType<string | null, string | null | undefined, never>
}

/** One row: the end of the audit chain. Appending locks it. */
export interface AuditHeadTable {
  id: Fixed<string>
  seq: number
  hash: string
  /** How many rows there were before the chain. */
  before: number
  /** Keyed digest of what those rows say; empty: it was not kept yet. */
  beforeDigest: string
  /** Keyed hash over the four, so that rows cannot be taken off the end. */
  seal: string
  /** The key of the chain, wrapped by the root key. */
  key: string
}

/** One row, once old rows of the audit log were taken off: the last of those, which the first that is left follows. */
export interface AuditFloorTable {
  id: Fixed<string>
  seq: number
  hash: string
  /** When that row was written. */
  at: Timestamp
  /** Keyed hash over the three. */
  seal: string
}

/** A copy of the log outside the store. */
export interface AuditStreamTable {
  /** Its kind and a hash of its address. */
  id: Fixed<string>
  kind: Fixed<string>
  /** The last row that arrived. */
  seq: Fixed<number>
  /** Failures in a row, and when the next try is; empty: at once. */
  attempts: number
  nextAt: string
  problem: string | null
  /** When a notice last said that it fails; null while it does not, or no notification was sent. */
  toldAt: Timestamp | null
  /** The process that delivers, until then by the database's clock. */
  holder: string
  leasedUntil: string
  /** When a process served it last. */
  seenAt: Timestamp
}
