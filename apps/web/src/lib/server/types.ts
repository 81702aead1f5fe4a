/** What the API answers, named once for the screens. */
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'

export type AuditEntry = z.output<typeof schemas.auditEntry>
export type BriefSync = z.output<typeof schemas.briefSync>
export type Connection = z.output<typeof schemas.connection>
export type Destination = z.output<typeof schemas.destination>
export type ExportedFile = z.output<typeof schemas.exportedSecrets>
export type FormField = z.output<typeof schemas.formField>
export type Folder = z.output<typeof schemas.listedFolder>
export type FolderDelivery = z.output<typeof schemas.folderDelivery>
export type ImportPreview = z.output<typeof schemas.importPreview>
export type ImportPriority = z.output<typeof schemas.importPriority>
export type InitialSyncBehavior = z.output<typeof schemas.initialSyncBehavior>
export type KeyState = z.output<typeof schemas.keyState>
export type KeyDelivery = z.output<typeof schemas.keyDelivery>
export type ListedSync = z.output<typeof schemas.listedSync>
export type Matrix = z.output<typeof schemas.environmentMatrix>
export type MatrixRow = Matrix['rows'][number]
export type NoticeTarget = z.output<typeof schemas.noticeTarget>
export type Notification = z.output<typeof schemas.notification>
export type NotificationPreferences = z.output<typeof schemas.notificationPreferences>
export type Outcome = z.output<typeof schemas.outcome>
export type PendingDeletion = z.output<typeof schemas.pendingDeletion>
export type Plan = z.output<typeof schemas.plan>
export type PlanSummary = z.output<typeof schemas.planSummary>
export type ProjectHealth = z.output<typeof schemas.projectHealth>
export type ProjectOverview = z.output<typeof schemas.projectOverview>
export type Project = z.output<typeof schemas.project>
export type ProjectRun = z.output<typeof schemas.projectRuns>['runs'][number]
export type RestorePlan = z.output<typeof schemas.restorePlan>
export type Run = z.output<typeof schemas.run>
export type SecretMetadata = z.output<typeof schemas.secretMetadata>
export type SecretRow = z.output<typeof schemas.secretRow>
export type SecretVersion = z.output<typeof schemas.secretVersion>
export type StatusReason = z.output<typeof schemas.statusReason>
export type Sync = z.output<typeof schemas.sync>
export type SyncsSummary = z.output<typeof schemas.syncsSummary>
export type SyncsPage = z.output<typeof schemas.syncsPage>
export type Tag = z.output<typeof schemas.tag>
export type Trashed = z.output<typeof schemas.trashed>
export type Uses = z.output<typeof schemas.uses>
export type DeletionPolicy = z.output<typeof schemas.deletionPolicy>

/** A place in the vault, as every secrets procedure wants it. */
export interface FolderRef {
  projectId: string
  environment: string
  secretPath: string
}
