import { runSync } from '@keyferry/core'
import { requestedRevision, type AuditStream } from '@keyferry/core/process'
import type { Context } from '@keyferry/kernel'
import type { JobQueue } from '@keyferry/queue'
import { startSweep } from './sweep.ts'
import { startMaintenance } from './maintenance.ts'

/** Milliseconds that running syncs get to end on their own, and again as long after their signal aborted. */
const GRACE_MS = 5_000

export interface WorkerOptions {
  ctx: Context
  jobs: JobQueue
  /** Age at which runs are forgotten. */
  historyDays: number
  /** Age at which rows of the audit log are taken off; null or left out: never. */
  auditDays?: number | null
  /** Where copies of the audit log go. */
  auditStreams?: readonly AuditStream[]
  /** Syncs run at once in this process. They mostly wait for a vendor. */
  concurrency?: number
}

/** Starts the queue, takes its jobs and sweeps. Resolves once jobs are taken. */
export async function startWorker({
  ctx,
  jobs,
  historyDays,
  auditDays = null,
  auditStreams = [],
  concurrency = 16,
}: WorkerOptions): Promise<{ stop(): Promise<void> }> {
  await jobs.start()
  await jobs.work((syncId, signal) => runSync(ctx, syncId, signal), {
    concurrency,
    revision: (syncId) => requestedRevision(ctx, syncId),
  })
  const sweep = startSweep(ctx, jobs.queue, { historyDays, auditStreams })
  const maintenance = startMaintenance(ctx, auditDays)
  return {
    async stop() {
      await Promise.all([sweep.stop(), maintenance.stop(), jobs.drain(GRACE_MS)])
    },
  }
}
