/** Runs, what they found and left, and what they share with other runs. */
import type { Generated } from 'kysely'
import type { Fixed, Timestamp } from './column.ts'

/** What a target held after a run: which versions of which secrets. Runs that left the same share one. */
export interface SnapshotTable {
  id: Fixed<string>
  syncId: Fixed<string>
  /** Of all of it, however it is stored. */
  hash: string
  /**
   * JSON: names, versions and digests, never values. At position 0 all of it, later in a chain what differs from the
   * position before.
   */
  content: string
  /** Which chain of the sync it is in; 0: in none. */
  chain: Generated<number>
  position: Generated<number>
}

/** The right to write to one target, held by one run at a time. The fence only grows. */
export interface LeaseTable {
  targetKey: Fixed<string>
  fence: number
  holder: string | null
  expiresAt: Timestamp
}

export interface RunTable {
  id: Fixed<string>
  syncId: Fixed<string>
  kind: 'sync' | 'remove'
  state: string
  trigger: string
  actor: string
  revision: number
  planHash: string | null
  /** JSON of a plan summary. */
  counts: string | null
  calls: number
  message: string | null
  startedAt: Fixed<Timestamp>
  finishedAt: Timestamp | null
  /** Milliseconds from the change that it delivered to its end; null: it delivered none, or this was not kept yet. */
  deliveredMs: number | null
  /** What the target held afterwards; null when the run did not get as far. */
  snapshotId: string | null
  /** JSON array of the folders that its results say something about; null: not known. */
  reached: string | null
}

export interface OutcomeTable {
  runId: Fixed<string>
  key: Fixed<string>
  action: Fixed<string>
  state: string
  /** JSON: a code with data (`OutcomeReason`); rows of earlier versions have the words. */
  reason: string
  /** JSON, of a value that was written: version by secret id of all that went into it; null: not known, or too many. */
  madeOf: string | null
}

/** The shared token bucket of one rate limit of one vendor account. There is a row once it became tight. */
export interface PaceTable {
  connectionId: Fixed<string>
  /** The vendor's own bucket of calls. */
  bucket: Fixed<string>
  /** JSON; times in it are the database's, in milliseconds. */
  state: string
}
