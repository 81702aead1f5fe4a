/** Connections, syncs, and what is known of their targets. */
import type { Generated } from 'kysely'
import type { Fixed, Flag, Timestamp } from './column.ts'

export interface ConnectionTable {
  id: Fixed<string>
  /** Null: the organization's. */
  projectId: Fixed<string | null>
  /** JSON array of the projects that may use a connection of the organization; null: all. */
  allowedProjects: string | null
  /** JSON array of the targets that syncs of it may have, each with the fields that have to match; null: all. */
  allowedTargets: string | null
  app: Fixed<string>
  name: string
  description: string | null
  method: Fixed<string>
  version: number
  /** Sealed JSON. */
  credentials: Fixed<string>
  /** The account as the vendor names it. */
  account: string | null
  checkedAt: Timestamp | null
  /** What the vendor last said against the credential; null when it works. */
  problem: string | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface SyncTable {
  id: Fixed<string>
  projectId: Fixed<string>
  name: string
  description: string | null
  destination: Fixed<string>
  connectionId: Fixed<string>
  /** The source folder. */
  folderId: Fixed<string>
  /** JSON, parsed by the destination's own schema. */
  target: Fixed<string>
  /** Where it writes, as one string: the key of the lease and of the overlap check. */
  targetKey: Fixed<string>
  /** JSON: key schema, deletion policy and the destination's own options. */
  options: Fixed<string>
  autoSync: Flag
  version: number
  /**
   * The desired revision: moves with every change this sync must deliver. The target is in sync when `applied` equals
   * it.
   */
  wanted: number
  /**
   * The requested revision: follows `wanted` under auto-sync, else set by a person. A run is due while `seen < due`.
   */
  due: number
  /**
   * The observed revision: what the last finished run read, converged or not. A run that will be retried does not move
   * it.
   */
  seen: number
  /** The applied revision: what the target is known to hold. */
  applied: number
  state: string
  message: string | null
  /** JSON of a blockage, null when not blocked. */
  blockage: string | null
  /** 1 until the first run converged: the overwrite agreed to at creation approves it. */
  overwriteApproved: Fixed<Flag>
  /** A plan hash a person approved; cleared by the run that used it. */
  approvedPlan: Fixed<string | null>
  /** Why the next run happens, and for whom: shown in the history. */
  trigger: string
  triggeredBy: string
  /** `keep`: remove what was written, keep the sync. `delete`: then delete the sync. */
  removal: Fixed<'keep' | 'delete' | null>
  /** Of the import of what the target held; null when there was none, or the first run has yet to do it. */
  importState: 'succeeded' | 'failed' | null
  importJobId: string | null
  importMessage: string | null
  importedAt: Timestamp | null
  removeState: string | null
  removeMessage: string | null
  removedAt: Timestamp | null
  removeRunId: string | null
  /** Failed runs in a row that are worth another try. */
  attempts: number
  retryAt: Timestamp | null
  behindSince: Timestamp | null
  syncedAt: Timestamp | null
  /** When the target became what it should be; null while it is not, or written before this was kept. */
  inSyncSince: Timestamp | null
  /** When runs stopped succeeding; null while they succeed. */
  troubleSince: Timestamp | null
  /** Runs in a row since then. */
  troubleRuns: Generated<number>
  lastRunId: string | null
  /** When the next drift check is due; null: not before a run converged, or never. */
  nextCheckAt: Timestamp | null
  /** The last check that succeeded since then. */
  checkedAt: Timestamp | null
  /** JSON: the keys that drifted, with kind and reason, as the last look found them; null when none did. */
  drift: string | null
  /** What a person should know of the last look: why it failed, or why something was not repaired. */
  driftMessage: string | null
  /** JSON: `[key, time]` of each key repaired within the last day. */
  heals: string | null
  /** Why repairs stopped until a person runs the sync; null while they continue. */
  repairStopped: string | null
  /**
   * JSON: ids of the folders that its results say something about (`core/sync/reached.ts`); null: written before this
   * was kept.
   */
  reached: string | null
  /** Id of its creator; null: created before this was kept. */
  createdBy: Fixed<string | null>
  /** The owner, on whose behalf it runs: JSON of `{kind, id, name}`. Null: created before there were roles. */
  standsBehind: Fixed<string | null>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** What a sync wrote, per place: its present target, and those it is still leaving. */
export interface LedgerTable {
  syncId: Fixed<string>
  targetKey: Fixed<string>
  key: Fixed<string>
  /** The secret it was made from; empty when that is not known. */
  sourceKey: string
  /** The version of that secret; null when it came through an import, or is not known. */
  version: number | null
  /** JSON: version by secret id of all that went into the value; null: not known, or too many. */
  madeOf: string | null
  /** JSON array of the vendor's ids; empty where the vendor has none. */
  remoteIds: string
  /** What the vendor showed of the key after the last write, such as a time; null: not seen yet, or nothing. */
  revision: string | null
  /** Keyed digest of key, value and flags. */
  digest: string
  /** JSON object of the flags it was written with. */
  flags: string
  /**
   * `replacing`: the old value may already be gone and the new one not there yet. `changing`: a write or a delete was
   * begun, of which nobody knows whether it landed.
   */
  intent: 'replacing' | 'changing' | null
  writtenAt: Timestamp
  /** Keyed, over sync, target and key: only what has it was written by the sync. */
  mark: string
}

/** A place that a sync was moved away from; its keys there, in the ledger, go once the new place holds them. */
export interface DepartureTable {
  id: Fixed<string>
  syncId: Fixed<string>
  connectionId: Fixed<string>
  /** JSON, as in the sync. */
  target: Fixed<string>
  targetKey: Fixed<string>
  /** The keys may go once the sync has applied this revision. */
  revision: Fixed<number>
  /** What is left to do there, and what stands in its way; shown with the sync. */
  message: string
  attempts: number
  retryAt: Timestamp | null
  createdAt: Fixed<Timestamp>
}

/** A folder, environment or project that is deleted once the syncs that read it have removed what they wrote. */
export interface DeletionTable {
  id: Fixed<string>
  projectId: Fixed<string>
  kind: Fixed<'folder' | 'environment' | 'project'>
  subjectId: Fixed<string>
  /** JSON of the requesting actor. */
  actor: Fixed<string>
  createdAt: Fixed<Timestamp>
}
