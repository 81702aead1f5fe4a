import { runSync } from '@keyferry/core'
import { requestedRevision, runMemory, type AuditStream } from '@keyferry/core/process'
import type { Context } from '@keyferry/kernel'
import { JOBS_PER_LANE, type Handler, type JobQueue } from '@keyferry/queue'
import { admission, type RunLimits } from './admission.ts'
import { startSweep } from './sweep.ts'
import { startMaintenance } from './maintenance.ts'

/** Milliseconds that running syncs get to end on their own, and again as long after their signal aborted. */
const GRACE_MS = 5_000

/** It stays due; the sweep sends it again. */
const NOT_RUN = { again: false, revision: null }

export interface WorkerOptions {
  ctx: Context
  jobs: JobQueue
  /** Age at which runs are forgotten. */
  historyDays: number
  /** Age at which rows of the audit log are taken off; null or left out: never. */
  auditDays?: number | null
  /** Where copies of the audit log go. */
  auditStreams?: readonly AuditStream[]
  /** What this process works on at once. Runs mostly wait for a provider. */
  runLimits: RunLimits
}

/** Starts the queue, takes its jobs and sweeps. Resolves once jobs are taken. */
export async function startWorker({
  ctx,
  jobs,
  historyDays,
  auditDays = null,
  auditStreams = [],
  runLimits,
}: WorkerOptions): Promise<{ stop(): Promise<void> }> {
  await jobs.start()
  const admit = admission(runLimits)
  const run: Handler = async (syncId, signal) =>
    (await admit(await runMemory(ctx, syncId), signal, () => runSync(ctx, syncId, signal))) ?? NOT_RUN
  await jobs.work(run, {
    concurrency: Math.ceil(runLimits.runs / JOBS_PER_LANE),
    revision: (syncId) => requestedRevision(ctx.db, syncId),
  })
  const sweep = startSweep(ctx, jobs.queue, { historyDays, auditStreams })
  const maintenance = startMaintenance(ctx, auditDays)
  return {
    async stop() {
      await Promise.all([sweep.stop(), maintenance.stop(), jobs.drain(GRACE_MS)])
    },
  }
}
