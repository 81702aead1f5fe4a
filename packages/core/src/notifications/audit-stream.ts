/**
 * A copy of the audit log outside the store, row by row in the order of the chain. How far a stream got is kept in the
 * store and moves after a delivery: after a crash a row may arrive twice, and none is left out. One process delivers at
 * a time. Only rows of the chain are delivered: the stream fails at one that was changed, removed or added outside
 * Keyferry.
 */
import { createHash, randomUUID } from 'node:crypto'
import { constants, open } from 'node:fs/promises'
import { amend, databaseTime } from '@keyferry/db'
import {
  DAY_MS,
  backOffWindow,
  entryOf,
  readHead,
  timestamp,
  transact,
  whereBackOffOver,
  type Context,
} from '@keyferry/kernel'
import { readChain } from '../audit-chain.ts'
import { enqueueOfInstance } from './outbox.ts'
import { postSigned, type WebhookSecret } from './webhook.ts'

/**
 * Where a copy is sent. Each begins with the oldest row in the log. `print`: writes to stdout; rejects when nobody
 * reads it.
 */
export type AuditStream =
  | ({ kind: 'webhook' } & WebhookSecret)
  | { kind: 'file'; path: string }
  | { kind: 'stdout'; print(text: string): Promise<void> }

/** Rows of one delivery. */
const BATCH = 200
/** Longer than one delivery may take. */
const LEASE_MS = 30_000
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
/**
 * Failures in a row, half a minute of them, after which a notice says so, and milliseconds until the next notice of a
 * stream that still fails.
 */
const FAILURES_BEFORE_ALERT = 5
const TOLD_EVERY_MS = DAY_MS
/** A stream that no process has served for this long keeps no row from being pruned. */
const ABANDONED_MS = 7 * DAY_MS

/** Delivers what is new, until nothing is left or a delivery fails. Safe to call from several processes at once. */
export async function streamAudit(ctx: Context, stream: AuditStream): Promise<void> {
  const id = idOf(stream)
  const holder = randomUUID()
  let seq = await claim(ctx, id, stream.kind, holder)
  while (seq !== null) {
    const taken = { id, kind: stream.kind, holder }
    const { rows, problem: broken } = await readChain(ctx, seq, BATCH)
    const last = rows.at(-1)
    if (!last) {
      if (broken !== null) await putOff(ctx, taken, `${broken} Run keyferry admin verify-audit.`)
      break
    }
    const lines = rows.map((row) => `${JSON.stringify(entryOf(row))}\n`).join('')
    const problem = await deliver(ctx, stream, `${rows[0]?.seq}-${last.seq}`, lines)
    seq = problem === null ? await advance(ctx, taken, last.seq) : await putOff(ctx, taken, problem)
  }
  await ctx.db
    .updateTable('auditStreams')
    .set({ leasedUntil: '' })
    .where('id', '=', id)
    .where('holder', '=', holder)
    .execute()
}

export interface StreamState {
  /** Rows that have not been delivered yet. */
  lag: number
  /** Deliveries that failed since the last one that arrived. */
  failures: number
}

/** How far a stream is behind. */
export async function streamState(ctx: Context, stream: AuditStream): Promise<StreamState> {
  const [head, row] = await Promise.all([
    readHead(ctx.db),
    ctx.db.selectFrom('auditStreams').where('id', '=', idOf(stream)).select(['seq', 'attempts']).executeTakeFirst(),
  ])
  return { lag: Math.max(0, (head?.seq ?? 0) - (row?.seq ?? 0)), failures: row?.attempts ?? 0 }
}

/**
 * Takes every stream from a process that died. For the embedded profile at its start: no other process can be
 * delivering.
 */
export async function freeAuditStreams(ctx: Context): Promise<void> {
  await ctx.db.updateTable('auditStreams').set({ leasedUntil: '' }).execute()
}

/**
 * Up to where rows may be pruned: not past what a stream that is in use still has to deliver. Null: no stream holds it
 * back.
 */
export async function streamedUpTo(ctx: Context): Promise<number | null> {
  const since = new Date(ctx.now().getTime() - ABANDONED_MS).toISOString()
  const streams = await ctx.db.selectFrom('auditStreams').where('seenAt', '>', since).select('seq').execute()
  return streams.length === 0 ? null : Math.min(...streams.map(({ seq }) => seq))
}

/**
 * Without the address in the clear: a path often is the secret of a webhook. Another address begins at the beginning.
 */
const idOf = (stream: AuditStream): string => {
  const place = stream.kind === 'webhook' ? stream.url : stream.kind === 'file' ? stream.path : ''
  return `${stream.kind}:${createHash('sha256').update(place).digest('base64url')}`
}

/** Takes the stream for this process; null while another one has it, or it waits after a failure. */
async function claim(ctx: Context, id: string, kind: string, holder: string): Promise<number | null> {
  const present = { seq: 0, attempts: 0, nextAt: '', problem: null, toldAt: null, holder: '', leasedUntil: '' }
  const seenAt = timestamp(ctx)
  await ctx.db
    .insertInto('auditStreams')
    .values({ id, kind, ...present, seenAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const claimed = await ctx.db
    .updateTable('auditStreams')
    .set({ holder, leasedUntil: databaseTime(ctx.db, LEASE_MS), seenAt })
    .where('id', '=', id)
    .where(whereBackOffOver('nextAt', backOffWindow(ctx, LONGEST_WAIT_MS)))
    .where(({ eb, or }) =>
      or([
        eb('leasedUntil', '<=', databaseTime(ctx.db)),
        // The clock of the database was set back: nobody has taken it for so long.
        eb('leasedUntil', '>', databaseTime(ctx.db, 2 * LEASE_MS)),
      ]),
    )
    .returning('seq')
    .executeTakeFirst()
  return claimed?.seq ?? null
}

/** A stream that this process delivers to. */
interface Taken {
  id: string
  kind: AuditStream['kind']
  holder: string
}

/** Null when another process has taken the stream over. */
function advance(ctx: Context, { id, kind, holder }: Taken, seq: number): Promise<number | null> {
  return transact(ctx, async (tx) => {
    const row = await tx
      .selectFrom('auditStreams')
      .where('id', '=', id)
      .where('holder', '=', holder)
      .select('toldAt')
      .executeTakeFirst()
    if (!row) return null
    const leasedUntil = databaseTime(ctx.db, LEASE_MS)
    await amend(tx, 'auditStreams', id, { seq })
    await tx
      .updateTable('auditStreams')
      .set({ attempts: 0, nextAt: '', problem: null, toldAt: null, leasedUntil })
      .where('id', '=', id)
      .execute()
    const reason = { code: 'audit-stream-recovered', stream: kind } as const
    if (row.toldAt !== null) await enqueueOfInstance(ctx, tx, { type: 'audit-stream.recovered', reason })
    return seq
  })
}

async function putOff(ctx: Context, { id, kind, holder }: Taken, problem: string): Promise<null> {
  const now = ctx.now().getTime()
  const nextAt = await transact(ctx, async (tx) => {
    const row = await tx
      .selectFrom('auditStreams')
      .where('id', '=', id)
      .where('holder', '=', holder)
      .select(['attempts', 'toldAt'])
      .executeTakeFirst()
    if (!row) return null
    const attempts = row.attempts + 1
    const nextAt = new Date(now + Math.min(FIRST_WAIT_MS * 2 ** row.attempts, LONGEST_WAIT_MS)).toISOString()
    const isNews = row.toldAt === null || now - Date.parse(row.toldAt) >= TOLD_EVERY_MS
    const reason = { code: 'audit-stream-failed', stream: kind, problem } as const
    const isTold =
      attempts >= FAILURES_BEFORE_ALERT &&
      isNews &&
      (await enqueueOfInstance(ctx, tx, { type: 'audit-stream.failed', reason }))
    await tx
      .updateTable('auditStreams')
      .set({ attempts, nextAt, problem, ...(isTold ? { toldAt: timestamp(ctx) } : {}) })
      .where('id', '=', id)
      .execute()
    return nextAt
  })
  if (nextAt !== null)
    ctx.log.error({ stream: id, problem, nextAt }, 'the audit log could not be streamed; it is tried again')
  return null
}

/** Why it did not arrive; null when it did. */
async function deliver(ctx: Context, stream: AuditStream, id: string, text: string): Promise<string | null> {
  if (stream.kind === 'webhook') {
    const problem = await postSigned(ctx, stream, { id, contentType: 'application/x-ndjson', text })
    return problem && problem.message
  }
  try {
    await (stream.kind === 'file' ? append(stream.path, text) : stream.print(text))
    return null
  } catch (error) {
    return `${stream.kind === 'file' ? stream.path : 'stdout'} took nothing: ${error instanceof Error ? error.message : 'unknown'}.`
  }
}

/** A named pipe that nobody reads is an error: waiting for its reader would keep the process from its end. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, APPENDING, 0o600)
  try {
    const { size } = await file.stat()
    // What is delivered again must not continue half a line. A file that can't be read counts as whole.
    const isCut = size > 0 && (await lastByteOf(path, size).catch(() => '\n')) !== '\n'
    await file.appendFile(isCut ? `\n${text}` : text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A full disk or a crash may have cut a delivery. Of a file only: a pipe has no size. */
async function lastByteOf(path: string, size: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    return (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString()
  } finally {
    await file.close()
  }
}
