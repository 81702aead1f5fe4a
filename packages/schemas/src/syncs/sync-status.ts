/**
 * The one status of a sync and why it has it; `core/sync/sync-status.ts` decides it. Programs branch on the codes,
 * never on the words (`sync-status-words.ts`).
 */
import { z } from 'zod'
import { timestamp } from '../names/names.ts'

/** Worst first: the order in which lists show them. */
export const SYNC_STATUSES = ['needs-attention', 'out-of-sync', 'paused', 'syncing', 'in-sync'] as const
export const syncStatus = z.enum(SYNC_STATUSES).describe('One word for how the sync is; `reason` says why')
export type SyncStatus = z.output<typeof syncStatus>

/** A sync alone, all of a project, or all of the instance. */
export const pauseScope = z.enum(['sync', 'project', 'instance'])
export type PauseScope = z.output<typeof pauseScope>

/** Why and until when syncs are paused. */
export const pauseSyncs = z.object({
  reason: z.string().trim().min(1).max(200),
  until: z.iso.datetime().optional().describe('When it ends without being resumed; left out: never'),
})

/** A pause that holds. */
export const pause = z
  .object({
    scope: pauseScope,
    by: z.string(),
    why: z.string(),
    since: timestamp,
    until: timestamp.nullable(),
  })
  .meta({ id: 'Pause' })

const retry = { attempts: z.number().int(), retryAt: timestamp.nullable() }
const message = z.string()
const keys = z.number().int()

export const statusReason = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('queued') }),
    z.object({ code: z.literal('running') }),
    z.object({ code: z.literal('removing') }),
    z.object({ code: z.literal('changes-waiting') }),
    z.object({ code: z.literal('never-synced') }),
    z.object({ code: z.literal('secrets-removed') }),
    z.object({ code: z.literal('drifted'), keys, repairs: z.boolean() }),
    z.object({ code: z.literal('repairs-stopped'), keys, message }),
    z.object({ code: z.literal('retrying'), message, ...retry }),
    z.object({ code: z.literal('failed'), message, ...retry }),
    z.object({ code: z.literal('credential-rejected'), message, connection: z.string(), ...retry }),
    z.object({
      code: z.literal('keys-not-written'),
      failed: keys,
      rejected: keys,
      named: z.array(z.object({ key: z.string(), reason: z.string() })).describe('The first of them'),
      ...retry,
    }),
    z.object({ code: z.literal('source-incomplete'), keys, message }),
    z.object({ code: z.literal('approval-needed'), keys, message }),
    z.object({ code: z.literal('access-lost'), message }),
    z.object({ code: z.literal('removal-failed'), message }),
    z.object({ code: z.literal('move-failed'), keys, message, retryAt: timestamp.nullable() }),
    z.object({
      code: z.literal('paused'),
      scope: pauseScope,
      by: z.string(),
      why: z.string(),
      until: timestamp.nullable(),
      waiting: z.boolean().describe('Changes wait until it is resumed'),
    }),
  ])
  .meta({ id: 'SyncStatusReason' })
export type StatusReason = z.output<typeof statusReason>
