import { z } from 'zod'
import {
  description,
  destinationName,
  environmentLookup,
  id,
  ifVersion,
  openFields,
  secretPath,
  shownHash,
  syncName,
  timestamp,
} from '../names/names.ts'
import { secretProblemCode } from '../secrets/secret-problems.ts'
import { excludedKey } from './excluded-keys.ts'
import { planReason } from './plan-reasons.ts'
import { outOfReach, planSummary } from './plan.ts'
import { runState } from './runs.ts'
import { changedSyncOptions, deletionPolicy, driftCheck, initialSyncBehavior, syncOptions } from './sync-options.ts'
import { statusReason, syncStatus } from './sync-status.ts'

export const SYNC_STATES = ['pending', 'running', 'succeeded', 'partial', 'failed', 'blocked'] as const

export const syncState = z.enum(SYNC_STATES)

const jobState = z.enum(['pending', 'running', 'succeeded', 'failed'])

/** What stands between a sync and its target until a person or a fixed source removes it. */
export const blockage = z
  .object({
    kind: z.enum(['source', 'fuse', 'access']),
    message: z.string(),
    keys: z.array(
      z.object({
        key: z.string(),
        reason: z.string(),
        code: z
          .union([secretProblemCode, planReason.shape.code])
          .nullable()
          .describe('What `reason` says; null for one of an earlier version'),
      }),
    ),
    planHash: z.string().nullable().describe('For `fuse`: the plan to approve'),
  })
  .meta({ id: 'Blockage' })

/** What the last drift check found that no run did. */
export const drift = z
  .object({
    count: z.number().int().describe('Keys that drifted'),
    since: timestamp.nullable().describe('When the first of them was found; null when none did'),
    checkedAt: timestamp.nullable().describe('The last look that succeeded; null when none did since the last run'),
    message: z.string().nullable().describe('Why the last look failed, or why something is not repaired'),
    repairsStopped: z
      .boolean()
      .describe('Something else keeps changing the destination, so repairs stopped; “Sync now” continues them'),
  })
  .meta({ id: 'Drift' })

/** Places that a sync was pointed away from and has not left yet. */
export const leaving = z
  .object({
    keys: z.number().int().describe('Keys of this sync that still exist at it'),
    message: z.string().describe('What they wait for, or why they could not leave'),
    retryAt: timestamp.nullable(),
  })
  .meta({ id: 'Leaving' })

export const sync = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    autoSync: z.boolean().describe('Every change of the source runs it'),
    version: z.number().int(),
    folderId: id.nullable(),
    connectionId: id,
    createdAt: timestamp,
    updatedAt: timestamp,
    state: syncState,
    lastRunId: z.string().nullable(),
    message: z.string().nullable(),
    syncedAt: timestamp.nullable(),
    importState: jobState.nullable().describe('Of the import of the destination’s secrets; null when there was none'),
    importJobId: z.string().nullable(),
    importMessage: z.string().nullable(),
    importedAt: timestamp.nullable(),
    removeState: jobState.nullable(),
    removeRunId: z.string().nullable(),
    removeMessage: z.string().nullable(),
    removedAt: timestamp.nullable(),
    options: z.looseObject({
      initialSyncBehavior,
      keySchema: z.string().optional(),
      deletionPolicy,
      driftCheck,
      driftRepair: z.boolean(),
      driftReadsValues: z.boolean(),
    }),
    projectId: id,
    connection: z.object({ id, name: z.string() }),
    environment: z.object({ slug: z.string(), name: z.string(), id }).nullable(),
    folder: z.object({ id, path: z.string() }).nullable(),
    destination: z.string(),
    destinationTitle: z.string().describe('The destination in words, such as "Trigger.dev"'),
    target: z.record(z.string(), z.unknown()),
    targetLabel: z.string().describe('The destination in words'),
    targetUrl: z.string().nullable().describe("The provider's page of the destination, if it has one"),
    status: syncStatus,
    reason: statusReason.nullable().describe('Why it has this status; null when it is in sync'),
    since: timestamp.nullable().describe('Since when it has this status'),
    inSync: z.boolean().describe('Every change in Keyferry has reached the destination'),
    behindSince: timestamp.nullable(),
    retryAt: timestamp.nullable(),
    outOfReach,
    excludedKeys: z.array(excludedKey).describe('Keys that are neither written nor deleted'),
    blocked: blockage.nullable(),
    leaving: leaving.nullable(),
    removal: z
      .enum(['keep', 'delete'])
      .nullable()
      .describe('It is removing what it wrote; under `delete` it is deleted after that'),
    drift: drift.nullable().describe('Null until the destination was checked after the last run'),
    lastRun: z
      .object({
        id,
        state: runState,
        startedAt: timestamp,
        finishedAt: timestamp.nullable(),
        counts: planSummary.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Sync' })

export const createSync = z.object({
  destination: destinationName,
  name: syncName,
  projectId: id,
  description: description.optional(),
  connectionId: id,
  environment: environmentLookup,
  secretPath,
  autoSync: z.boolean().default(true),
  options: syncOptions.prefault({}),
  target: openFields,
  planHash: shownHash
    .optional()
    .describe('Approve the first run only for the plan that was reviewed; without it, overwriting is approved as such'),
})

export const previewSync = createSync.omit({ planHash: true }).partial({ name: true })

export const updateSync = z.object({
  destination: destinationName,
  syncId: id,
  ifVersion,
  name: syncName.optional(),
  description: description.optional(),
  connectionId: id.optional(),
  environment: environmentLookup.optional(),
  secretPath: secretPath.optional(),
  autoSync: z.boolean().optional(),
  options: changedSyncOptions.optional(),
  target: openFields.optional(),
})

export const keyState = z
  .object({
    key: z.string().describe('The name at the destination'),
    sourceKey: z.string().nullable(),
    state: z.enum(['in-sync', 'pending', 'rejected', 'failed', 'left-behind', 'drifted', 'excluded']),
    reason: z.string().nullable(),
    writtenAt: timestamp.nullable(),
    remoteId: z.string().nullable(),
  })
  .meta({ id: 'KeyState' })
