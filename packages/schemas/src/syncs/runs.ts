import { z } from 'zod'
import { id, timestamp } from '../names/names.ts'
import { mention } from './mentions.ts'
import { outcomeReason } from './outcome-reasons.ts'
import { action, outOfReach, planSummary } from './plan.ts'

export const runState = z.enum(['running', 'succeeded', 'partial', 'failed', 'blocked'])

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
