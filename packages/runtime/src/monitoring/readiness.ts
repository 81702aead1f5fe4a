/** Whether this process can do its work: asked of what the work needs, not assumed. */
import { foundInStore, streamState, type AuditStream } from '@keyferry/core/process'
import { missingMigrations, storeTrouble } from '@keyferry/db'
import { openInstanceKeys, DecryptionError, writeHeartbeat, type Context } from '@keyferry/kernel'
import type { JobQueue } from '@keyferry/queue'
import { isDiskLow, type DiskSpace } from './disk.ts'
import { STORE_WORDS } from './store-words.ts'

export interface Readiness {
  ready: boolean
  /** What is wrong and what to do, for people; null when ready. */
  reason: string | null
  checks: {
    store: string
    schema: string
    queue: string
    keys: string
    /** Of the data directory. */
    disk: string
    /** A copy of the log that is late makes nothing unready: no row is lost, and requests need to be answered. */
    auditStream: string
    /**
     * What the hourly check of this process's store found makes nothing unready either: what was changed is not used.
     */
    integrity: string
  }
}

const OK = 'ok'
/** A check that takes longer has failed. */
const CHECK_TIMEOUT_MS = 3_000
/** Several probes a second cost the store one write. */
const REMEMBERED_MS = 1_000

interface Checked {
  /** Where copies of the audit log go. */
  streams?: readonly AuditStream[]
  /** The disk that the store is on; left out where that is another machine's. */
  disk?: () => Promise<DiskSpace>
}

/** The check of this process. Never rejects. */
export function readinessOf(
  ctx: Context,
  jobs: Pick<JobQueue, 'problem'>,
  checked: Checked = {},
): () => Promise<Readiness> {
  let last: { at: number; result: Promise<Readiness> } | null = null
  return () => {
    const now = performance.now()
    if (!last || now - last.at > REMEMBERED_MS) last = { at: now, result: check(ctx, jobs, checked) }
    return last.result
  }
}

async function check(
  ctx: Context,
  jobs: Pick<JobQueue, 'problem'>,
  { streams = [], disk }: Checked,
): Promise<Readiness> {
  const [store, queue, space] = await Promise.all([
    inTime(storeProblem(ctx), 'The store does not answer'),
    inTime(jobs.problem(), 'The queue does not answer'),
    disk ? inTime(diskProblem(disk), 'The disk does not answer') : null,
  ])
  const [schema = null, keys = null, auditStream = null] =
    store === null
      ? await Promise.all(
          [schemaProblem(ctx), keysProblem(ctx), streamProblem(ctx, streams)].map((problem) =>
            inTime(problem, 'The store does not answer'),
          ),
        )
      : []
  const problems = [store, schema, keys, queue, space].filter((problem) => problem !== null)
  return {
    ready: problems.length === 0,
    reason: problems.length === 0 ? null : problems.join(' '),
    checks: {
      store: store ?? OK,
      schema: schema ?? (store === null ? OK : 'not known'),
      queue: queue ?? OK,
      keys: keys ?? (store === null ? OK : 'not known'),
      disk: space ?? OK,
      auditStream: auditStream ?? (store === null ? OK : 'not known'),
      integrity: integrityDetail(ctx),
    },
  }
}

/** Why the store takes no write, for people; null when it takes one. */
export async function storeProblem(ctx: Context): Promise<string | null> {
  try {
    await writeHeartbeat(ctx)
    return null
  } catch (error) {
    const trouble = storeTrouble(error)
    if (trouble !== null) return STORE_WORDS[trouble]
    ctx.log.warn({ err: error }, 'the store does not take the write of the readiness check')
    return 'The store does not work; the log has the details.'
  }
}

async function schemaProblem(ctx: Context): Promise<string | null> {
  const missing = await missingMigrations(ctx.db)
  return missing.length === 0
    ? null
    : `The schema of the store is behind (${missing.join(', ')}): restart this process to bring it up to date.`
}

/** Before the store refuses a write, so that a probe notices while small ones still fit. */
async function diskProblem(disk: () => Promise<DiskSpace>): Promise<string | null> {
  const space = await disk()
  return isDiskLow(space)
    ? `The disk of the data directory is nearly full (${Math.floor(space.free / 1_000_000)} MB left): make room.`
    : null
}

/**
 * Opens what the root key wrapped: after a change of the root key a process that has not got the new one can read
 * nothing.
 */
async function keysProblem(ctx: Context): Promise<string | null> {
  try {
    await openInstanceKeys(ctx)
    return null
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error
    return 'The root key of this process does not open the keys of the store: restart it with the present root key.'
  }
}

function integrityDetail(ctx: Context): string {
  const found = foundInStore(ctx)
  if (found === null) return 'not checked yet'
  if (found === 0) return OK
  return `Changed outside Keyferry: ${found} rows, folders or parts of the audit log. keyferry admin verify-store and verify-audit say what to do.`
}

async function streamProblem(ctx: Context, streams: readonly AuditStream[]): Promise<string | null> {
  const states = await Promise.all(
    streams.map(async (stream) => ({ kind: stream.kind, ...(await streamState(ctx, stream)) })),
  )
  const failing = states.filter(({ failures }) => failures > 0)
  if (failing.length === 0) return null
  return failing
    .map(({ kind, lag }) => `The audit log cannot be streamed (${kind}): ${lag} rows wait. The log has the details.`)
    .join(' ')
}

async function inTime(work: Promise<string | null>, late: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(`${late} within ${CHECK_TIMEOUT_MS / 1000} s.`), CHECK_TIMEOUT_MS)
  try {
    return await Promise.race([work, promise])
  } catch {
    return `${late}.`
  } finally {
    clearTimeout(timer)
  }
}
