/**
 * The tables, one interface each. Only `text` and `integer` columns, so that SQLite and Postgres hold the same rows:
 * times are ISO 8601 text in UTC, flags are 0 or 1, documents are JSON text, sealed values are text (see core/crypto).
 */
import type { ColumnType } from 'kysely'

/** 0 or 1. */
export type Flag = number
/** ISO 8601, UTC, milliseconds: sorts as text. */
export type Timestamp = string
/** Set once, at insert. */
type Fixed<T> = ColumnType<T, T, never>

export interface OrganizationTable {
  id: Fixed<string>
  name: string
  slug: string
  /** Data key of connections, wrapped by the root key. */
  dataKey: string
  createdAt: Fixed<Timestamp>
}

export interface ProjectTable {
  id: Fixed<string>
  name: string
  slug: string
  description: string | null
  /** Data key of this project's secrets and digests, wrapped by the root key. */
  dataKey: string
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface EnvironmentTable {
  id: Fixed<string>
  projectId: Fixed<string>
  name: string
  slug: string
  position: number
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface FolderTable {
  id: Fixed<string>
  environmentId: string
  parentId: string | null
  /** Empty for the root folder. */
  name: string
  /** The secret path, `/` for the root; unique in its environment. */
  path: string
  description: string | null
  /** Moves with every change of the folder's own secrets or imports. */
  revision: number
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface SecretTable {
  id: Fixed<string>
  folderId: Fixed<string>
  key: string
  version: number
  /** Sealed; bound to project, folder, key and version. */
  value: string
  /** Sealed like the value; empty for none. */
  comment: string
  /** Sealed JSON of `{key, value, isEncrypted}`, empty for none. */
  metadata: string
  /** 1 when the value is empty or only white space, so that lists can say so without opening it. */
  blank: Flag
  skipMultilineEncoding: Flag
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
  updatedBy: string
}

/** Every version ever written, the present one included. It outlives the secret, not the folder. */
export interface SecretVersionTable {
  id: Fixed<string>
  secretId: Fixed<string>
  folderId: Fixed<string>
  key: string
  version: number
  value: string
  /** As in the secret; null when it was written before this was kept. */
  comment: string | null
  metadata: string | null
  /** JSON array of the slugs of its tags. */
  tags: string | null
  deleted: Flag
  createdAt: Fixed<Timestamp>
  createdBy: Fixed<string>
}

/** `folderId` imports `sourceFolderId`; the highest position wins. */
export interface ImportTable {
  id: Fixed<string>
  folderId: Fixed<string>
  sourceFolderId: string
  position: number
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/**
 * An edge of the fan-out graph: a secret of `folderId` mentions a key elsewhere. The target is kept as text, because it may
 * not exist yet, and its creation must wake the same syncs as its change.
 */
export interface ReferenceTable {
  secretId: Fixed<string>
  folderId: Fixed<string>
  projectId: Fixed<string>
  environmentSlug: string
  path: string
  key: string
}

export interface ConnectionTable {
  id: Fixed<string>
  /** Null: usable in every project. */
  projectId: string | null
  app: Fixed<string>
  name: string
  description: string | null
  method: string
  version: number
  /** Sealed JSON. */
  credentials: string
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
  connectionId: string
  /** The source folder. */
  folderId: string
  /** JSON, parsed by the destination's own schema. */
  target: string
  /** Where it writes, as one string: the lease and the overlap check go by it. */
  targetKey: string
  /** JSON: key schema, deletion policy and the destination's own options. */
  options: string
  autoSync: Flag
  version: number
  /** Moves with every change this sync must deliver; the target is in sync when `applied` equals it. */
  wanted: number
  /** The revision up to which a run is asked for: follows `wanted` under auto-sync, else set by a person. A run is due while `seen < due`. */
  due: number
  /** The revision that the last settled run looked at, converged or not. A run that is to be tried again does not settle. */
  seen: number
  /** The revision the target is known to hold. */
  applied: number
  state: string
  message: string | null
  /** JSON of a blockage, null when not blocked. */
  blockage: string | null
  /** 1 until the first run converged: the overwrite agreed to at creation approves it. */
  overwriteApproved: Flag
  /** A plan hash a person approved; cleared by the run that used it. */
  approvedPlan: string | null
  /** Why the next run happens, and for whom: shown in the history. */
  trigger: string
  triggeredBy: string
  /** `keep`: remove what was written, keep the sync. `delete`: then delete the sync. */
  removal: 'keep' | 'delete' | null
  removeState: string | null
  removeMessage: string | null
  removedAt: Timestamp | null
  removeRunId: string | null
  /** Failed runs in a row that are worth another try. */
  attempts: number
  retryAt: Timestamp | null
  behindSince: Timestamp | null
  syncedAt: Timestamp | null
  lastRunId: string | null
  /** When the target is to be looked at for drift; null: not before a run converged, or never. */
  nextCheckAt: Timestamp | null
  /** The last look that succeeded since then. */
  checkedAt: Timestamp | null
  /** JSON: the keys that drifted, with kind and reason, as the last look found them; null when none did. */
  drift: string | null
  /** What a person should know of the last look: why it failed, or why something was not repaired. */
  driftMessage: string | null
  /** JSON: `[key, time]` of each key repaired within the last day. */
  heals: string | null
  /** Why repairs stopped until a person runs the sync; null while they go on. */
  repairStopped: string | null
  /** Id of whoever made it; null: made before this was kept. */
  createdBy: Fixed<string | null>
  /** Principal who may read the source, so that the sync may: JSON of `{kind, id, name}`. Null: made before there were roles. */
  standsBehind: string | null
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
  /** JSON array of the vendor's ids; empty where the vendor has none. */
  remoteIds: string
  /** Keyed digest of key, value and flags. */
  digest: string
  /** JSON object of the flags it was written with. */
  flags: string
  /** `replacing`: the old value may already be gone and the new one not there yet. */
  intent: 'replacing' | null
  writtenAt: Timestamp
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
  revision: number
  /** What is left to do there, and what stands in its way; shown with the sync. */
  message: string
  attempts: number
  retryAt: Timestamp | null
  createdAt: Fixed<Timestamp>
}

/** A folder, environment or project that goes once the syncs that read it have taken back what they wrote. */
export interface DeletionTable {
  id: Fixed<string>
  projectId: Fixed<string>
  kind: Fixed<'folder' | 'environment' | 'project'>
  subjectId: Fixed<string>
  /** JSON of who asked for it. */
  actor: Fixed<string>
  createdAt: Fixed<Timestamp>
}

/** What a target held after a run: which versions of which secrets. Runs that left the same share one. */
export interface SnapshotTable {
  id: Fixed<string>
  syncId: Fixed<string>
  hash: string
  /** JSON: names, versions and digests, never values. */
  content: string
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
  /** What the target held afterwards; null when the run did not get as far. */
  snapshotId: string | null
}

export interface OutcomeTable {
  runId: Fixed<string>
  key: Fixed<string>
  action: Fixed<string>
  state: string
  reason: string
}

export interface AuditTable {
  id: Fixed<string>
  /** Its place in the chain, from 1; 0 and below for rows from before there was one. */
  seq: Fixed<number>
  at: Fixed<Timestamp>
  /** `user`, `identity` or `system`. */
  actorKind: Fixed<string>
  actorId: Fixed<string>
  actor: Fixed<string>
  /** Where the request came from; null for what Keyferry does by itself. */
  address: Fixed<string | null>
  action: Fixed<string>
  projectId: Fixed<string | null>
  /** JSON: names and ids, never values. */
  details: Fixed<string>
  /** Hash of the row before; empty for the first. */
  prevHash: Fixed<string>
  /** Keyed hash over this row and the one before. */
  hash: Fixed<string>
}

/** One row: the end of the audit chain. Whoever appends holds it. */
export interface AuditHeadTable {
  id: Fixed<string>
  seq: number
  hash: string
  /** How many rows there were before the chain. */
  before: number
  /** Keyed hash over the three, so that rows cannot be taken off the end. */
  seal: string
  /** The key of the chain, wrapped by the root key. */
  key: string
}

/** What every process knows of one rate limit of one vendor account. There is a row once it became tight. */
export interface PaceTable {
  connectionId: Fixed<string>
  /** The vendor's own bucket of calls. */
  bucket: Fixed<string>
  /** JSON; times in it are the database's, in milliseconds. */
  state: string
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

/** A label for secrets of one project. */
export interface TagTable {
  id: Fixed<string>
  projectId: Fixed<string>
  slug: string
  name: string
  color: string
  createdAt: Fixed<Timestamp>
}

export interface SecretTagTable {
  secretId: Fixed<string>
  tagId: Fixed<string>
}

/** A deleted secret, folder or environment that may still come back. */
export interface TrashTable {
  id: Fixed<string>
  projectId: Fixed<string>
  environmentId: Fixed<string>
  kind: Fixed<'secret' | 'folder' | 'environment'>
  /** The folder it was in; of an environment its root. */
  folderId: Fixed<string>
  /** Its own id. */
  subjectId: Fixed<string>
  /** Path of the folder it was in. */
  path: Fixed<string>
  name: Fixed<string>
  /** How many secrets are in it. */
  secrets: Fixed<number>
  deletedAt: Fixed<Timestamp>
  deletedBy: Fixed<string>
  expiresAt: Fixed<Timestamp>
}

/** A row as it was when it was deleted, sealed texts and all. */
export interface TrashRowTable {
  trashId: Fixed<string>
  position: Fixed<number>
  kind: Fixed<'environment' | 'folder' | 'secret' | 'version' | 'import' | 'reference' | 'tag'>
  /** JSON. */
  content: string
}

/** A project whose data key has a new generation that not everything is sealed with yet. */
export interface KeyRotationTable {
  projectId: Fixed<string>
  phase: 'secrets' | 'versions' | 'trash' | 'digests'
  /** The last id done in this phase. */
  cursor: string
  /** Rows done so far. */
  done: number
  startedAt: Fixed<Timestamp>
  startedBy: Fixed<string>
}

/** Keys of the instance itself, wrapped by the root key. */
export interface InstanceKeyTable {
  owner: Fixed<string>
  wrapped: string
}

/** Where a failing sync is told of. */
export interface NoticeTargetTable {
  id: Fixed<string>
  /** Null: every project. */
  projectId: Fixed<string | null>
  kind: Fixed<'webhook' | 'email'>
  /** For people: an e-mail address, or a URL without its path, which may be a secret. */
  address: string
  /** Sealed JSON: a webhook's whole URL, and what signs its deliveries. */
  secret: string | null
  /** Why the last delivery failed; null when it arrived. */
  problem: string | null
  deliveredAt: Timestamp | null
  createdAt: Fixed<Timestamp>
  createdBy: Fixed<string>
}

/** A notice on its way to one target. Written with what it tells of, deleted once it arrived. */
export interface NoticeTable {
  id: Fixed<string>
  targetId: Fixed<string>
  syncId: Fixed<string>
  type: Fixed<string>
  /** JSON: names, states and counts, never values. */
  body: Fixed<string>
  createdAt: Fixed<Timestamp>
  attempts: number
  sendAt: Timestamp
}

/** What was last told of a sync, so that it is not told again and again. */
export interface SyncHealthTable {
  syncId: Fixed<string>
  state: string
  /** JSON: per failing state, when a notice of it last went out, or will. */
  noticed: string
  /** When the present failure was told of, or will be; null while all is well. */
  toldAt: Timestamp | null
}

/** Users, identities and API keys that may do everything. */
export interface InstanceAdminTable {
  principalId: Fixed<string>
  createdAt: Fixed<Timestamp>
}

/** What a principal may do in a project. */
export interface MembershipTable {
  id: Fixed<string>
  projectId: Fixed<string>
  principalKind: Fixed<'user' | 'identity' | 'key'>
  principalId: Fixed<string>
  role: string
  /** JSON array of environments and paths it is narrowed to; null: the whole project. */
  scopes: string | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** An account that may be made. The token itself is in the link only. */
export interface InvitationTable {
  id: Fixed<string>
  email: Fixed<string>
  /** Null: to the instance, without a project. */
  projectId: Fixed<string | null>
  role: Fixed<string | null>
  scopes: Fixed<string | null>
  instanceAdmin: Fixed<Flag>
  tokenHash: string
  expiresAt: Timestamp
  createdAt: Fixed<Timestamp>
  createdBy: Fixed<string>
}

/** A machine. */
export interface IdentityTable {
  id: Fixed<string>
  name: string
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** How an identity signs in. */
export interface UniversalAuthTable {
  identityId: Fixed<string>
  clientId: Fixed<string>
  /** JSON: seconds a token lives, how often it may be used, from where, and when guessing is stopped. */
  settings: string
  /** Wrong client secrets in a row. */
  failures: number
  failedAt: Timestamp | null
  lockedUntil: Timestamp | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface ClientSecretTable {
  id: Fixed<string>
  identityId: Fixed<string>
  description: Fixed<string>
  /** Its first characters, to tell it from others. */
  prefix: Fixed<string>
  hash: Fixed<string>
  uses: number
  /** 0: no limit. */
  usesLimit: Fixed<number>
  /** Seconds; 0: no end. */
  ttl: Fixed<number>
  revoked: Flag
  lastUsedAt: Timestamp | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface AccessTokenTable {
  id: Fixed<string>
  identityId: Fixed<string>
  clientSecretId: Fixed<string>
  hash: Fixed<string>
  /** Seconds that a renewal adds. */
  ttl: Fixed<number>
  uses: number
  /** 0: no limit. */
  usesLimit: Fixed<number>
  expiresAt: Timestamp
  /** No renewal goes past it. */
  endsAt: Fixed<Timestamp>
  lastUsedAt: Timestamp | null
  createdAt: Fixed<Timestamp>
}

/** An API key that a person made; it never may more than they. Hash, expiry and last use are better-auth's, under the same id. */
export interface ApiKeyTable {
  id: Fixed<string>
  name: Fixed<string>
  ownerId: Fixed<string>
  createdAt: Fixed<Timestamp>
}

/** Written by the readiness check. */
export interface HeartbeatTable {
  id: Fixed<string>
  at: Timestamp
}

export interface Tables {
  organizations: OrganizationTable
  projects: ProjectTable
  environments: EnvironmentTable
  folders: FolderTable
  secrets: SecretTable
  secretVersions: SecretVersionTable
  imports: ImportTable
  references: ReferenceTable
  connections: ConnectionTable
  paces: PaceTable
  syncs: SyncTable
  ledger: LedgerTable
  departures: DepartureTable
  deletions: DeletionTable
  snapshots: SnapshotTable
  leases: LeaseTable
  runs: RunTable
  outcomes: OutcomeTable
  audit: AuditTable
  auditHead: AuditHeadTable
  auditFloors: AuditFloorTable
  tags: TagTable
  secretTags: SecretTagTable
  trash: TrashTable
  trashRows: TrashRowTable
  keyRotations: KeyRotationTable
  instanceKeys: InstanceKeyTable
  noticeTargets: NoticeTargetTable
  notices: NoticeTable
  syncHealth: SyncHealthTable
  heartbeats: HeartbeatTable
  instanceAdmins: InstanceAdminTable
  memberships: MembershipTable
  invitations: InvitationTable
  identities: IdentityTable
  universalAuths: UniversalAuthTable
  clientSecrets: ClientSecretTable
  accessTokens: AccessTokenTable
  apiKeys: ApiKeyTable
}
