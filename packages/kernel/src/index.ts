/** What everything else stands on. */
export {
  chainKey,
  earlierRows,
  floorSealOf,
  hashOf,
  lockHead,
  makeHead,
  mark,
  readHead,
  readMark,
  sealOf,
} from './audit/audit-head.ts'
export { auditRepeated, flushRepeated } from './audit/audit-repeated.ts'
export { audit, auditEvent, auditLast, readFloor, type AuditRow } from './audit/audit.ts'
export { rowsAfter } from './audit/audit-page.ts'
export { entryOf, listAudit } from './audit/list-audit.ts'
export { auditPlace, unchangedSince, type AuditPlace } from './audit/project-changes.ts'
export { verifyAudit } from './audit/verify-audit.ts'
export type { Authority } from './authority/authority.ts'
export { backOffWindow, isBackOffOver, whereBackOffOver, type BackOffWindow } from './back-off.ts'
export { bearerOf } from './bearer.ts'
export { checkBackup, readBackupSeal, readDumpSeal, type BackupSeal } from './backup/backup-seal.ts'
export { backup, signDump } from './backup/backup.ts'
export { requireFile } from './backup/require-file.ts'
export { syncToDisk } from './backup/sync-to-disk.ts'
export { changedMeanwhile, refuseStale } from './changed-meanwhile.ts'
export {
  anonymous,
  SYSTEM,
  timestamp,
  type Actor,
  type Context,
  type Events,
  type Mailer,
  type Network,
  type Queue,
  type Tx,
  type WakeHint,
} from './context.ts'
export { DecryptionError, type DataKey } from './crypto/data-key.ts'
export { instanceSecret, openInstanceKeys, renewInstanceSecret } from './crypto/instance-secret.ts'
export { keyring, type Keyring, type Wrapped } from './crypto/keyring.ts'
export { organizationKey, wrappedOrganizationKey } from './crypto/organization-key.ts'
export { OWASP_COST, type ScryptCost } from './crypto/scrypt-cost.ts'
export { NOTES, TABLES } from './crypto/sealed-store.ts'
export { DAY_MS, HOUR_MS } from './durations.ts'
export {
  BadRequest,
  Conflict,
  Forbidden,
  IntegrityBroken,
  Invalid,
  KeyferryError,
  MisdirectedRequest,
  NotFound,
  OnlyByProvider,
  OutOfReach,
  QuotaExceeded,
  SecondFactorRequired,
  TooLarge,
  TooManyRequests,
  Unauthorized,
  Unavailable,
  Unresolvable,
  type SecretProblem,
} from './errors.ts'
export { findProject, projectMissing } from './find-project.ts'
export type { AfterCommit, FolderDeletion, FolderRelease, Hooks } from './hooks.ts'
export { jsonExcess } from './json-excess.ts'
export { rotateRootKey } from './keys/rotate-root-key.ts'
export { budget, DEFAULT_LIMITS, MAX_ANSWER_BYTES, SETTINGS, type Limits, type Quotas, type Spend } from './limits.ts'
export { LargeRead, smallBudget } from './large-read.ts'
export { maintain, mayMaintain } from './maintenance.ts'
export { hasReference, partsOf, referencesIn, mapReferences, unescapeReferences, type Reference } from './references.ts'
export { sharedReads } from './shared-reads.ts'
export {
  few,
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  MAX_PROBLEM_BYTES,
  named,
  shortened,
  shortIssues,
} from './short-text.ts'
export { repeat, singleFlight, type Repeated } from './single-flight.ts'
export {
  NO_TRACING,
  traced,
  type Attributes,
  type Span,
  type SpanOptions,
  type TraceCarrier,
  type Tracing,
} from './tracing.ts'
export { snapshot, transact, transactChecked, transactWithoutDiskWait } from './transaction.ts'
export { isInitialized, proveStore, unavailable, writeHeartbeat } from './store-health.ts'
