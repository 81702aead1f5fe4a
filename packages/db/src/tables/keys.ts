/** Keys, their rotations, and the processes that use them. */
import type { ColumnType } from 'kysely'
import type { Fixed, Timestamp } from './column.ts'

/** A project whose data key has a new generation that not everything is sealed with yet. */
export interface KeyRotationTable {
  projectId: Fixed<string>
  /** `blocked`: everything was tried, and some texts could not be decrypted. */
  phase: 'secrets' | 'heads' | 'versions' | 'trash' | 'digests' | 'blocked'
  /** The last id done in this phase. */
  cursor: string
  /** Rows done so far. */
  done: number
  startedAt: Fixed<Timestamp>
  startedBy: Fixed<string>
  /** The sealed columns that the code which carries it out knows; empty for an earlier version's. */
  columns: string
  /** JSON: what could not be decrypted. */
  unreadable: ColumnType<string, string | undefined>
}

/** A key of the instance that has a new generation, while the earlier one is still good. */
export interface InstanceKeyRotationTable {
  name: Fixed<'connections' | 'authority'>
  startedAt: Fixed<Timestamp>
  /** What keeps it from ending. */
  problem: string | null
}

/** A running process, as long as it says so. */
export interface ProcessTable {
  id: Fixed<string>
  /** Host and process id. */
  name: Fixed<string>
  /** JSON: fingerprints of the root keys that it can open. */
  rootKeys: string
  seenAt: Timestamp
}

/** Keys of the instance itself, wrapped by the root key. */
export interface InstanceKeyTable {
  owner: Fixed<string>
  wrapped: string
}
