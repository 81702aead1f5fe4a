/**
 * The tables, one interface each, by what they are for. Only `text` and `integer` columns, so that SQLite and Postgres
 * hold the same rows: times are ISO 8601 text in UTC, flags are 0 or 1, documents are JSON text, sealed values are text
 * (see kernel/crypto).
 */
import type {
  AccessTokenTable,
  ApiKeyTable,
  AttemptTable,
  ClientSecretTable,
  FederatedAuthTable,
  FederatedTokenTable,
  IdentityTable,
  InstanceAdminTable,
  InstanceSettingTable,
  InvitationTable,
  MembershipTable,
  TotpStepTable,
  UniversalAuthTable,
} from './tables/access.ts'
import type { AuditFloorTable, AuditHeadTable, AuditStreamTable, AuditTable } from './tables/audit.ts'
import type { InstanceKeyRotationTable, InstanceKeyTable, KeyRotationTable, ProcessTable } from './tables/keys.ts'
import type {
  DeliveryAnnouncementTable,
  DisplayPreferenceTable,
  HeartbeatTable,
  NoticeTable,
  NoticeTargetTable,
  NotificationPreferenceTable,
  NotificationReadTable,
  SyncEventMailTable,
  SyncEventTable,
  SyncHealthTable,
} from './tables/notices.ts'
import type { LeaseTable, OutcomeTable, PaceTable, RunTable, SnapshotTable } from './tables/run.ts'
import type { ConnectionTable, DeletionTable, DepartureTable, LedgerTable, SyncTable } from './tables/sync.ts'
import type {
  EnvironmentTable,
  FolderTable,
  ImportTable,
  OrganizationTable,
  ProjectTable,
  ProjectUseTable,
  ReferenceTable,
  SecretTable,
  SecretTagTable,
  SecretVersionTable,
  TagTable,
  TrashRowTable,
  TrashTable,
} from './tables/vault.ts'

export type * from './tables/access.ts'
export type * from './tables/audit.ts'
export type * from './tables/column.ts'
export type * from './tables/keys.ts'
export type * from './tables/notices.ts'
export type * from './tables/run.ts'
export type * from './tables/sync.ts'
export type * from './tables/vault.ts'

export interface Tables {
  organizations: OrganizationTable
  projects: ProjectTable
  projectUse: ProjectUseTable
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
  auditStreams: AuditStreamTable
  auditFloors: AuditFloorTable
  tags: TagTable
  secretTags: SecretTagTable
  trash: TrashTable
  trashRows: TrashRowTable
  dataKeyRotations: KeyRotationTable
  processes: ProcessTable
  instanceKeys: InstanceKeyTable
  instanceKeyRotations: InstanceKeyRotationTable
  noticeTargets: NoticeTargetTable
  notices: NoticeTable
  syncHealth: SyncHealthTable
  deliveryAnnouncements: DeliveryAnnouncementTable
  syncEvents: SyncEventTable
  syncEventMails: SyncEventMailTable
  notificationPreferences: NotificationPreferenceTable
  notificationReads: NotificationReadTable
  displayPreferences: DisplayPreferenceTable
  heartbeats: HeartbeatTable
  instanceAdmins: InstanceAdminTable
  memberships: MembershipTable
  invitations: InvitationTable
  identities: IdentityTable
  universalAuths: UniversalAuthTable
  clientSecrets: ClientSecretTable
  accessTokens: AccessTokenTable
  federatedAuths: FederatedAuthTable
  federatedTokens: FederatedTokenTable
  apiKeys: ApiKeyTable
  totpSteps: TotpStepTable
  attempts: AttemptTable
  instanceSettings: InstanceSettingTable
}
