import { z } from 'zod'
import { pathPattern } from '../access/access.ts'
import {
  description,
  destinationName,
  environmentLookup,
  id,
  isSmallEnough,
  keySchema,
  MAX_OPEN_FIELDS,
  openFields,
  secretKey,
  secretPath,
  shownHash,
  syncName,
  timestamp,
  TOO_MANY_FIELDS,
} from '../names/names.ts'
import { importReason } from './import-reasons.ts'
import { mention } from './mentions.ts'
import { outcomeReason } from './outcome-reasons.ts'
import { planReason } from './plan-reasons.ts'
import { secretProblemCode } from '../secrets/secret-problems.ts'
import { statusReason, syncStatus } from './sync-status.ts'

export const deletionPolicy = z.enum(['mirror', 'owned', 'none'])

/** How often a target is checked for drift. */
export const driftCheck = z.enum(['off', '15m', '1h', '24h'])
const driftOptions = {
  driftCheck: driftCheck.optional().describe('How often the destination is checked for drift; default 1h'),
  driftRepair: z.boolean().optional().describe('Repair drift; default: only show it'),
  driftReadsValues: z.boolean().optional().describe('Also compare the values, if the provider can return them'),
}

/** Which value wins where the vault and the target both have a key: the vault's, or the target's. */
export const importPriority = z.enum(['prioritize-source', 'prioritize-destination'])
export type ImportPriority = z.infer<typeof importPriority>

/** What the first run does with what the target holds: overwrite it, or import it into the vault first. */
export const initialSyncBehavior = z.enum([
  'overwrite-destination',
  'import-prioritize-source',
  'import-prioritize-destination',
])
export type InitialSyncBehavior = z.infer<typeof initialSyncBehavior>

const commonOptions = {
  initialSyncBehavior: initialSyncBehavior
    .optional()
    .describe('What the first run does with the secrets at the destination; default overwrite-destination'),
  keySchema: keySchema.optional(),
  deletionPolicy: deletionPolicy.optional(),
  ...driftOptions,
}
const limited = <T extends z.ZodType<object>>(options: T) =>
  options.refine(isSmallEnough, TOO_MANY_FIELDS).meta({ maxProperties: MAX_OPEN_FIELDS })

/** Options every destination has; a destination's own (such as `markAsSecret`) are beside them. */
export const syncOptions = limited(z.looseObject(commonOptions))

/** The same in a change: what is left out stays, and null takes off what has no default. */
export const changedSyncOptions = limited(
  z.looseObject({ ...commonOptions, keySchema: commonOptions.keySchema.nullable() }),
)

export const SYNC_STATES = ['pending', 'running', 'succeeded', 'partial', 'failed', 'blocked'] as const
const syncState = z.enum(SYNC_STATES)
export const runState = z.enum(['running', 'succeeded', 'partial', 'failed', 'blocked'])
const jobState = z.enum(['pending', 'running', 'succeeded', 'failed'])

export const ACTIONS = ['create', 'update', 'delete', 'keep', 'foreign', 'reject'] as const
export const action = z.enum(ACTIONS)
export type Action = z.infer<typeof action>

const outOfReach = z
  .literal(true)
  .optional()
  .describe('Results per key and sums are left out: they concern folders whose names you can’t read')

export const planSummary = z.object({
  create: z.number().int(),
  update: z.number().int(),
  delete: z.number().int(),
  keep: z.number().int(),
  foreign: z.number().int(),
  reject: z.number().int(),
})
export const plannedChange = z
  .object({
    key: z.string().describe('The name at the destination'),
    action,
    reason: planReason,
    takesOver: z.boolean().optional().describe('Overwrites a key that this sync did not write'),
  })
  .meta({ id: 'PlannedChange' })
export const plan = z
  .object({
    hash: z.string(),
    summary: planSummary,
    changes: z.array(plannedChange),
    fuse: z.string().nullable().describe('Why this plan needs an approval before it runs; null when it does not'),
    outOfReach,
  })
  .meta({ id: 'Plan' })

export const IMPORT_ACTIONS = ['new', 'changed', 'same', 'kept', 'left-out'] as const
const importAction = z.enum(IMPORT_ACTIONS)
export type ImportAction = z.infer<typeof importAction>

/** What an import changes in the source folder, without values. */
export const importPreview = z
  .object({
    hash: z.string(),
    summary: z.record(importAction, z.number().int()),
    keys: z.array(
      z.object({
        name: z.string().describe('The name at the destination'),
        key: z.string().nullable().describe('The key of the secret; null when none can be told'),
        action: importAction,
        reason: z.string().nullable().describe('Why it is kept or left out: `cause` in words'),
        cause: importReason.nullable(),
      }),
    ),
  })
  .meta({ id: 'ImportPreview' })

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

/** The most keys that one sync excludes. */
export const MAX_EXCLUDED_KEYS = 500

/** A key that a sync neither writes nor deletes. */
export const excludedKey = z
  .object({
    key: z.string().describe('The key of the secret'),
    reason: z.string(),
    by: z.string(),
    at: timestamp,
  })
  .meta({ id: 'ExcludedKey' })

const someKeys = z.array(secretKey).min(1).max(100)
export const excludeKeys = z.object({
  keys: someKeys.describe('Keys of secrets, as in the source'),
  reason: z.string().trim().min(1).max(200).describe('Kept with them'),
})
export const includeKeys = excludeKeys.pick({ keys: true })

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
  name: syncName.optional(),
  description: description.optional(),
  connectionId: id.optional(),
  environment: environmentLookup.optional(),
  secretPath: secretPath.optional(),
  autoSync: z.boolean().optional(),
  options: changedSyncOptions.optional(),
  target: openFields.optional(),
})

export const run = z
  .object({
    id,
    syncId: id,
    kind: z.enum(['sync', 'remove']),
    state: runState,
    trigger: z.enum(['change', 'manual', 'create', 'edit', 'approve', 'retry', 'remove', 'sweep', 'drift']),
    actor: z.string(),
    planHash: z.string().nullable(),
    counts: planSummary.nullable(),
    calls: z.number().int().describe('Requests sent to the provider'),
    message: z.string().nullable(),
    startedAt: timestamp,
    finishedAt: timestamp.nullable(),
    durationMs: z.number().int().nullable(),
    restorable: z.boolean().describe('The keys at the destination after the run are known, so it can be restored'),
    outOfReach,
  })
  .meta({ id: 'Run' })

export const listProjectRuns = z.object({
  projectId: id,
  syncId: id.optional().describe('Only those of this sync'),
  state: runState.optional(),
  cursor: z.string().max(100).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export const projectRuns = z
  .object({
    runs: z.array(run.extend({ syncName: z.string(), destination: z.string() })).describe('Newest first'),
    nextCursor: z.string().nullable().describe('For `cursor`, to get older ones; null: there are none'),
  })
  .meta({ id: 'ProjectRuns' })

export const outcome = z
  .object({
    key: z.string(),
    action,
    state: z.enum(['done', 'failed', 'rejected']),
    reason: z.string().describe('`cause` in words'),
    cause: outcomeReason.nullable().describe('A code with data; null for a run of an earlier version'),
  })
  .meta({ id: 'Outcome' })

/** What going back to an earlier run would write into the source folder; keys are those of its secrets. */
export const restorePlan = z
  .object({
    hash: z.string(),
    added: z.array(z.string()),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
    unchanged: z.number().int().describe('Keys that are as they were'),
    notRestorable: z
      .array(z.object({ key: z.string(), reason: z.string(), mentions: z.array(mention) }))
      .describe('Keys that will not be as they were, because their values come from elsewhere or are no longer kept'),
  })
  .meta({ id: 'RestorePlan' })

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

/** What the live feed says. It names what to look at again; the truth is fetched. */
export const liveEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sync'),
    projectId: id,
    syncId: id,
    state: syncState,
    done: z.number().int(),
    total: z.number().int(),
  }),
  z.object({ kind: z.literal('sync-deleted'), projectId: id, syncId: id }),
  z.object({ kind: z.literal('secrets'), projectId: id, folderId: id }),
  z.object({ kind: z.literal('pauses'), projectId: id }),
  /**
   * A deletion that waited for syncs to remove what they wrote. `given-up`: its subject stays, because a sync still
   * reads it.
   */
  z.object({
    kind: z.literal('deletion-ended'),
    projectId: id,
    subject: z.enum(['folder', 'environment', 'project']),
    subjectId: id,
    environment: z.string().nullable(),
    secretPath: z.string().nullable(),
    outcome: z.enum(['deleted', 'given-up']),
  }),
])
export type LiveEvent = z.infer<typeof liveEvent>

/** Infisical's names for what can happen to a folder. */
const folderEvent = z.enum(['secret:create', 'secret:update', 'secret:delete', 'secret:import-mutation'])

export const watchFolders = z.object({
  projectId: id,
  register: z
    .array(
      z.object({
        event: z
          .preprocess((name) => (typeof name === 'string' ? name.replace(/^infisical:/, '') : name), folderEvent)
          .describe('Any change of the folder is sent under the first of these names whose conditions it meets'),
        conditions: z
          .object({
            environmentSlug: z.string().trim().min(1).max(64).optional(),
            secretPath: pathPattern.default('/'),
          })
          .optional()
          .describe('Left out: every folder'),
      }),
    )
    .min(1)
    .max(100),
  lastEventId: z.string().max(64).nullish(),
})
