/**
 * The one status of a sync: what a person sees first, everywhere. Pure. The first line that holds decides.
 *
 * | fact                                                        | status          | reason               |
 * |-------------------------------------------------------------|-----------------|----------------------|
 * | it, its project or the instance is paused                   | paused          | paused               |
 * | it removes what it wrote                                    | syncing         | removing             |
 * | blocked                                                     | needs-attention | what blocks it       |
 * | a run is on or requested, and the last did not fail         | syncing         | running, queued      |
 * | the last run failed, and is tried again for the 1st or 2nd time | out-of-sync | retrying             |
 * | the last run failed                                         | needs-attention | failed, credential…  |
 * | keys failed, and are tried again for the 1st or 2nd time    | out-of-sync     | keys-not-written     |
 * | keys failed or can't be stored                              | needs-attention | keys-not-written     |
 * | what it wrote could not be removed                          | needs-attention | removal-failed       |
 * | its old destination could not be left                       | needs-attention | move-failed          |
 * | repairs stopped                                             | needs-attention | repairs-stopped      |
 * | drift                                                       | out-of-sync     | drifted              |
 * | changes that nobody has sent yet                            | out-of-sync     | changes-waiting, …   |
 * | none of these                                               | in-sync         | null                 |
 */
import type { Selectable, SyncTable } from '@keyferry/db'
import {
  storedMessageText,
  namedReasonText,
  syncMessageOf,
  type drift as driftSchema,
  type PauseScope,
  type StatusReason,
  type SyncStatus,
} from '@keyferry/schemas'
import type { z } from 'zod'
import { blockageText } from '../plan/blockage.ts'

/** Tries of a failing run before a person is asked to look: a provider that is away for a moment is no trouble. */
const QUIET_TRIES = 3

export interface StatusPause {
  scope: PauseScope
  /** Who paused it, by name. */
  by: string
  why: string
  since: string
  until: string | null
}

export interface StatusFacts extends Pick<
  Selectable<SyncTable>,
  | 'state'
  | 'message'
  | 'blockage'
  | 'autoSync'
  | 'wanted'
  | 'due'
  | 'seen'
  | 'applied'
  | 'attempts'
  | 'retryAt'
  | 'behindSince'
  | 'syncedAt'
  | 'inSyncSince'
  | 'troubleSince'
  | 'troubleRuns'
  | 'removal'
  | 'removeState'
  | 'removeMessage'
  | 'removedAt'
> {
  connection: { name: string; problem: string | null }
  drift: z.output<typeof driftSchema> | null
  repairs: boolean
  leaving: { keys: number; message: string; retryAt: string | null } | null
  pause: StatusPause | null
}

export interface StatusOfSync {
  status: SyncStatus
  reason: StatusReason | null
  /** ISO 8601; null when it is not known. */
  since: string | null
}

export function syncStatus(sync: StatusFacts): StatusOfSync {
  const { pause, leaving, drift, behindSince } = sync
  const isBehind = sync.applied !== sync.wanted
  if (pause !== null) {
    const { scope, by, why, until, since } = pause
    const reason: StatusReason = { code: 'paused', scope, by, why, until, waiting: isBehind || sync.seen < sync.due }
    return { status: 'paused', reason, since }
  }
  if (sync.removal !== null) return { status: 'syncing', reason: { code: 'removing' }, since: behindSince }
  const trouble = troubleOf(sync)
  if (trouble !== null)
    return {
      status: isQuiet(sync, trouble) ? 'out-of-sync' : 'needs-attention',
      reason: trouble,
      since: troubled(sync),
    }
  if (sync.seen < sync.due)
    return {
      status: 'syncing',
      reason: { code: sync.state === 'running' ? 'running' : 'queued' },
      since: behindSince,
    }
  if (sync.removeState === 'failed' && isBehind)
    return {
      status: 'needs-attention',
      reason: { code: 'removal-failed', message: textOf(sync.removeMessage) },
      since: behindSince,
    }
  if (leaving !== null && leaving.retryAt !== null)
    return { status: 'needs-attention', reason: { code: 'move-failed', ...leaving }, since: sync.inSyncSince }
  if (drift?.repairsStopped === true) {
    const reason: StatusReason = { code: 'repairs-stopped', keys: drift.count, message: drift.message ?? '' }
    return { status: 'needs-attention', reason, since: drift.since ?? drift.checkedAt }
  }
  if (drift !== null && drift.count > 0) {
    const reason: StatusReason = { code: 'drifted', keys: drift.count, repairs: sync.repairs }
    return { status: 'out-of-sync', reason, since: drift.since ?? drift.checkedAt }
  }
  if (isBehind) return { status: 'out-of-sync', reason: { code: whatWaits(sync) }, since: behindSince }
  return { status: 'in-sync', reason: null, since: sync.inSyncSince ?? sync.syncedAt }
}

const textOf = (stored: string | null): string => (stored === null ? '' : storedMessageText(stored))
const troubled = (sync: StatusFacts): string | null => sync.troubleSince ?? sync.behindSince ?? sync.syncedAt

function whatWaits({
  applied,
  removedAt,
  autoSync,
}: StatusFacts): 'secrets-removed' | 'never-synced' | 'changes-waiting' {
  if (applied > 0 || autoSync === 1) return removedAt !== null && applied === 0 ? 'secrets-removed' : 'changes-waiting'
  return removedAt === null ? 'never-synced' : 'secrets-removed'
}

/** Why the last run did not do everything; null when it did, or when a newer one has been requested since. */
function troubleOf(sync: StatusFacts): StatusReason | null {
  if (sync.state === 'blocked') return blocked(sync)
  const retries = { attempts: sync.troubleRuns, retryAt: sync.retryAt }
  const isTriedAgain = sync.seen < sync.due && sync.attempts > 0
  if (sync.seen < sync.due && !isTriedAgain) return null
  if (sync.state !== 'failed' && sync.state !== 'partial' && !isTriedAgain) return null
  const message = sync.message === null ? null : syncMessageOf(sync.message)
  if (message?.code === 'keys-not-written') {
    const { failed, rejected } = message
    const named = [...failed.named, ...rejected.named].map((one) => ({ key: one.key, reason: namedReasonText(one) }))
    return { code: 'keys-not-written', failed: failed.count, rejected: rejected.count, named, ...retries }
  }
  const said = { message: textOf(sync.message), ...retries }
  const { name: connection, problem } = sync.connection
  if (problem !== null) return { code: 'credential-rejected', connection, ...said }
  return { code: isTriedAgain && sync.attempts < QUIET_TRIES ? 'retrying' : 'failed', ...said }
}

/** A provider that was away for a moment, or refused a few calls, calls nobody yet. */
function isQuiet({ attempts }: StatusFacts, reason: StatusReason): boolean {
  if (reason.code === 'keys-not-written')
    return reason.rejected === 0 && reason.retryAt !== null && attempts < QUIET_TRIES
  return reason.code === 'retrying'
}

function blocked({ blockage, message: stored }: StatusFacts): StatusReason {
  const shown = blockage === null ? null : blockageText(blockage)
  const message = shown?.message ?? textOf(stored)
  const keys = shown?.keys.length ?? 0
  switch (shown?.kind) {
    case 'source':
      return { code: 'source-incomplete', keys, message }
    case 'fuse':
      return { code: 'approval-needed', keys, message }
    default:
      return { code: 'access-lost', message }
  }
}
