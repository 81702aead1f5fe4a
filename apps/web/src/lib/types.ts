/** What the API answers, named once for the screens. */
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'

export type Connection = z.output<typeof schemas.connection>
export type Destination = z.output<typeof schemas.destination>
export type FormField = z.output<typeof schemas.formField>
export type Folder = z.output<typeof schemas.folder>
export type KeyState = z.output<typeof schemas.keyState>
export type Outcome = z.output<typeof schemas.outcome>
export type Plan = z.output<typeof schemas.plan>
export type PlanSummary = z.output<typeof schemas.planSummary>
export type Project = z.output<typeof schemas.project>
export type Run = z.output<typeof schemas.run>
export type SecretImport = z.output<typeof schemas.secretImport>
export type SecretRow = z.output<typeof schemas.secretRow>
export type Sync = z.output<typeof schemas.sync>
export type SyncState = z.output<typeof schemas.syncState>
export type DeletionPolicy = z.output<typeof schemas.deletionPolicy>

/** A place in the vault, as every secrets procedure wants it. */
export interface Place {
  projectId: string
  environment: string
  secretPath: string
}
