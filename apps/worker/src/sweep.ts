import {
  announceDeliveries,
  checkStore,
  completeDeletions,
  deliverEventMails,
  deliverNotices,
  pruneHistory,
  pruneLeases,
  shortenLeases,
} from '@keyferry/core'
import { dueSyncs, streamAudit, type AuditStream } from '@keyferry/core/process'
import { repeat, type Context, type Queue, type Repeated } from '@keyferry/kernel'

const DUE_MS = 5_000
const NOTICES_MS = 2_000
const STREAM_MS = 1_000
const LEASES_MS = 60_000
const HISTORY_MS = 60 * 60_000
/** It reads the whole store. */
const CHECK_MS = 60 * 60_000

/**
 * Sends a job for every sync that is due (what the queue lost, what a crash left between commit and send, what waited
 * out a back-off), and delivers notices: now and every few seconds. Carries out deletions whose process died before it
 * could, and forgets runs older than `historyDays`. Email, webhooks and each stream of the audit log continue their
 * own, so that none waits for another.
 */
export function startSweep(
  ctx: Context,
  queue: Queue,
  { historyDays, auditStreams }: { historyDays: number; auditStreams: readonly AuditStream[] },
): Repeated {
  const sweeps = [
    every(ctx, DUE_MS, 'due syncs', async () => queue.wake(await dueSyncs(ctx))),
    every(ctx, DUE_MS, 'delivered secrets', () => announceDeliveries(ctx)),
    every(ctx, DUE_MS, 'deletions', () => completeDeletions(ctx)),
    every(ctx, HISTORY_MS, 'old runs', () => pruneHistory(ctx, historyDays)),
    every(ctx, LEASES_MS, 'leases that are too long', () => shortenLeases(ctx)),
    every(ctx, HISTORY_MS, 'leases of former targets', () => pruneLeases(ctx)),
    every(ctx, CHECK_MS, 'changes outside Keyferry', async () => void (await checkStore(ctx)), { atOnce: false }),
    every(ctx, NOTICES_MS, 'webhooks', () => deliverNotices(ctx, 'http')),
    every(ctx, NOTICES_MS, 'emails', () => deliverNotices(ctx, 'email')),
    every(ctx, NOTICES_MS, 'emails to people', () => deliverEventMails(ctx)),
    ...auditStreams.map((stream) => every(ctx, STREAM_MS, 'the audit stream', () => streamAudit(ctx, stream))),
  ]
  return {
    async stop() {
      await Promise.all(sweeps.map((sweep) => sweep.stop()))
    },
  }
}

/** One that fails is logged, and tried again. */
const every = (
  ctx: Context,
  everyMs: number,
  name: string,
  work: () => Promise<void>,
  { atOnce = true } = {},
): Repeated =>
  repeat(everyMs, work, {
    atOnce,
    failed: (error) => ctx.log.warn({ err: error }, `the sweep for ${name} failed; it is tried again`),
  })
