import { once } from 'node:events'
import { batchLoader } from '@keyferry/db'
import { NO_TRACING, traced, type Queue, type Tracing, type WakeHint } from '@keyferry/kernel'
import type { Job, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { openBoss, QUEUE, type Backend, type OpenBoss } from './backend.ts'
import { bursts } from './bursts.ts'
import { jobSender, type Payload } from './job-sender.ts'

export interface JobQueue {
  /** The sending side, as the verbs use it. */
  queue: Queue
  /**
   * Opens the queue. What was woken before is sent now. Throws when the queue's database cannot be opened; it may be
   * tried again.
   */
  start(): Promise<void>
  /** Takes jobs from now on, `concurrency` at a time. Call it once, after `start()`. */
  work(handler: Handler, options: WorkOptions): Promise<void>
  /**
   * Takes no more jobs, waits up to `graceMs` for those that run, then aborts their signals and waits up to `graceMs`
   * again. Jobs that still run are given back to other workers.
   */
  drain(graceMs: number): Promise<void>
  /**
   * Why jobs can neither be sent nor taken just now, null while all is well. Rejects when the queue's database cannot
   * be reached.
   */
  problem(): Promise<string | null>
  /** Closes the queue. Safe to call at any time, more than once. */
  stop(): Promise<void>
}

/**
 * Runs one sync. A throw is logged; the sweep brings the sync back.
 */
export type Handler = (syncId: string, signal: AbortSignal) => Promise<Handled>

interface Handled {
  /** It is due once more. */
  again: boolean
  /** The desired revision that was observed; null when the sync is gone. */
  revision: number | null
  /** Others of the changes that made it due may follow: its next job waits for them. */
  isBurst?: boolean
}

export interface WorkOptions {
  /**
   * Lanes of this process. One group gets at most half of them (one at least), so that a slow vendor leaves lanes to
   * the others.
   */
  concurrency: number
  /**
   * The sync's requested revision, null when it is gone. It is read after a job is completed: until then a wake-up
   * found the job still there and was dropped, so a sync whose revision moved since the handler read it is sent again.
   */
  revision: (syncId: string) => Promise<number | null>
}

export interface QueueOptions {
  backend: Backend
  log: Logger
  /** Asked at every wake-up. Left out, all syncs are of one kind. */
  hints?: (syncIds: readonly string[]) => Promise<Map<string, WakeHint>>
  tracing?: Tracing
}

/** A lane fetches so many at once, runs them side by side, and fetches again when all have ended. */
export const JOBS_PER_LANE = 8

const complete = batchLoader(async (boss: PgBoss, jobIds: readonly string[]) => {
  await boss.complete(QUEUE, [...jobIds])
  return () => undefined
})

/**
 * A job only says that a sync may be due: the store decides. At most one job per sync is queued or active, over all
 * processes.
 */
export function createQueue({
  backend,
  log,
  hints = () => Promise.resolve(new Map()),
  tracing = NO_TRACING,
}: QueueOptions): JobQueue {
  const early = new Set<string>()
  let running = 0
  /**
   * Jobs that are in the queue and not taken, where nobody else sends and takes: a lane that looks for one costs a
   * statement. What a lane gives back counts as taken; the next wake-up finds it.
   */
  let waiting = 0
  const aborting = new AbortController()
  let open: OpenBoss | null = null
  let starting: Promise<OpenBoss> | null = null
  let stopped = false

  const gathering = bursts(() => {
    if (open && !stopped) wakeLane(open.boss)
  })

  const send = jobSender({
    hints,
    waitOf: (syncId) => gathering.left(syncId),
    onSent: (jobs) => {
      waiting += jobs
    },
  })

  const wake = async (syncIds: readonly string[]): Promise<void> => {
    if (syncIds.length === 0 || stopped) return
    if (!open) {
      for (const id of syncIds) early.add(id)
      return
    }
    try {
      const { boss, notifies } = open
      const waits = await send(boss, { syncIds, trace: tracing.carrier() })
      for (const [syncId, ms] of waits) gathering.sent(syncId, ms)
      if (!notifies && waits.size < syncIds.length) wakeLane(boss)
    } catch (error) {
      log.warn({ err: error, syncs: syncIds.length }, 'syncs could not be woken; the sweep will')
    }
  }

  const begin = async (): Promise<OpenBoss> => {
    const opened = await openBoss(backend, log)
    open = opened
    const ids = [...early]
    early.clear()
    await wake(ids)
    return opened
  }
  const started = (): Promise<OpenBoss> => {
    starting ??= begin().catch((error: unknown) => {
      // The next one tries again.
      starting = null
      throw error
    })
    return starting
  }

  return {
    queue: { wake },
    async start() {
      await started()
    },
    async work(handler, { concurrency, revision }) {
      const { boss, pollSeconds, notifies } = await started()
      const runJob = async ({ id, data: { syncId, trace }, signal: own }: Job<Payload>): Promise<void> => {
        const signal = AbortSignal.any([own, aborting.signal])
        const job = { kind: 'consumer', parent: trace ?? {} } as const
        const {
          again,
          revision: before,
          isBurst = false,
        } = await traced(tracing, 'sync job', job, () => handler(syncId, signal))
        if (isBurst) gathering.met(syncId)
        // Completed here and not after the handler, so that a wake-up from now on makes a new job.
        await complete(boss, id)
        const after = again || signal.aborted || before === null ? null : await revision(syncId)
        if (again || (after ?? 0) > (before ?? 0)) await wake([syncId])
      }
      const options = {
        localConcurrency: concurrency,
        batchSize: JOBS_PER_LANE,
        localGroupConcurrency: Math.max(1, Math.floor(concurrency / 2)),
        pollingIntervalSeconds: notifies ? 0.5 : pollSeconds,
        notifyPollingIntervalSeconds: pollSeconds,
      }
      await boss.work<Payload>(QUEUE, options, async (jobs) => {
        waiting = Math.max(0, waiting - jobs.length)
        // A job that was sent while this lane was fetching may wait for another one.
        if (!notifies && waiting > 0) wakeLane(boss)
        const runs = jobs.map(async (job) => {
          running += 1
          try {
            await runJob(job)
          } catch (error) {
            log.error({ err: error, syncId: job.data.syncId }, 'a job failed; the sweep will send it again')
          }
          running -= 1
        })
        await Promise.all(runs)
        if (!notifies && waiting === 0) return
        // Notifications coalesce: without this the lane would sleep though more jobs wait. pg-boss doesn't say which of
        // the busy lanes this is; the others fetch again after their jobs in any case.
        for (const lane of boss.getWipData()) if (lane.count > 0) boss.notifyWorker(lane.id)
      })
    },
    async drain(graceMs) {
      if (!open) return
      const drained = open.boss.offWork(QUEUE, { wait: true })
      if (await within(drained, graceMs)) return
      log.warn({ jobs: running }, 'jobs did not end in time; they are aborted')
      aborting.abort()
      await within(drained, graceMs)
    },
    async problem() {
      if (stopped) return 'The queue is closed.'
      if (!open) return 'The queue is not open yet.'
      return (await open.boss.getQueue(QUEUE))
        ? null
        : 'The queue was removed. Restart this process to create it again.'
    },
    async stop() {
      if (stopped) return
      stopped = true
      aborting.abort()
      // An opening that failed has nothing to close.
      const opened = await starting?.catch(() => null)
      await opened?.close()
    },
  }
}

/**
 * Wakes one lane that has nothing to do, which wakes the next one if more jobs wait. Where all are busy, each looks
 * again after its jobs: one of them may be past the end of its work, and about to sleep.
 */
function wakeLane(boss: PgBoss): void {
  const lanes = boss.getWipData()
  const idle = lanes.find(({ count }) => count === 0)
  for (const { id } of idle ? [idle] : lanes) boss.notifyWorker(id)
}

/** True when `work` ends within `ms`. */
function within(work: Promise<void>, ms: number): Promise<boolean> {
  const late = AbortSignal.timeout(ms)
  return Promise.race([work.then(() => true), once(late, 'abort').then(() => false)])
}
