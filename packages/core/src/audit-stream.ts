/**
 * A copy of the audit log outside the store, row by row in the order of the chain. How far a stream got is kept in the store and moves after a
 * delivery: after a crash a row may arrive twice, and none is left out. One process delivers at a time.
 */
import { createHash, randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { databaseTime } from '@keyferry/db'
import { readHead } from './audit-head.ts'
import { timestamp, type Context } from './context.ts'
import { entryOf } from './list-audit.ts'
import { postSigned, type WebhookSecret } from './notices/webhook.ts'

/** Where a copy goes. Each begins with the oldest row that is there. */
export type AuditStream = ({ kind: 'webhook' } & WebhookSecret) | { kind: 'file'; path: string } | { kind: 'stdout' }

/** Rows of one delivery. */
const BATCH = 200
/** Longer than one delivery may take. */
const LEASE_MS = 30_000
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
/** A stream that no process has served for this long keeps no row from being pruned. */
const ABANDONED_MS = 7 * 24 * 60 * 60_000

/** Delivers what is new, until nothing is left or a delivery fails. Safe to call from several processes at once. */
export async function streamAudit(ctx: Context, stream: AuditStream): Promise<void> {
  const id = idOf(stream)
  const holder = randomUUID()
  let seq = await claim(ctx, id, stream.kind, holder)
  while (seq !== null) {
    const rows = await ctx.db
      .selectFrom('audit')
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(BATCH)
      .selectAll()
      .execute()
    const last = rows.at(-1)
    if (!last) break
    const lines = rows.map((row) => `${JSON.stringify(entryOf(row))}\n`).join('')
    const problem = await deliver(ctx, stream, `${rows[0]?.seq}-${last.seq}`, lines)
    seq = problem === null ? await advance(ctx, id, holder, last.seq) : await putOff(ctx, id, holder, problem)
  }
  await ctx.db
    .updateTable('auditStreams')
    .set({ leasedUntil: '' })
    .where('id', '=', id)
    .where('holder', '=', holder)
    .execute()
}

/** Rows that have not been delivered yet. */
export async function auditLag(ctx: Context, stream: AuditStream): Promise<number> {
  const [head, row] = await Promise.all([
    readHead(ctx.db),
    ctx.db.selectFrom('auditStreams').where('id', '=', idOf(stream)).select('seq').executeTakeFirst(),
  ])
  return Math.max(0, (head?.seq ?? 0) - (row?.seq ?? 0))
}

/** Up to where rows may be pruned: not past what a stream that is in use still has to deliver. Null: no stream is in the way. */
export async function streamedUpTo(ctx: Context): Promise<number | null> {
  const since = new Date(ctx.now().getTime() - ABANDONED_MS).toISOString()
  const { least } = await ctx.db
    .selectFrom('auditStreams')
    .where('seenAt', '>', since)
    .select((eb) => eb.fn.min('seq').as('least'))
    .executeTakeFirstOrThrow()
  return least === null ? null : Number(least)
}

/** Without the address in the clear: a path often is the secret of a webhook. Another address begins at the beginning. */
const idOf = (stream: AuditStream): string => {
  const place = stream.kind === 'webhook' ? stream.url : stream.kind === 'file' ? stream.path : ''
  return `${stream.kind}:${createHash('sha256').update(place).digest('base64url')}`
}

/** Takes the stream for this process; null while another one has it, or it waits after a failure. */
async function claim(ctx: Context, id: string, kind: string, holder: string): Promise<number | null> {
  const present = { seq: 0, attempts: 0, nextAt: '', problem: null, holder: '', leasedUntil: '' }
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
    .where('nextAt', '<=', seenAt)
    .where('leasedUntil', '<=', databaseTime(ctx.db))
    .returning('seq')
    .executeTakeFirst()
  return claimed?.seq ?? null
}

/** Null when another process has taken the stream over. */
async function advance(ctx: Context, id: string, holder: string, seq: number): Promise<number | null> {
  const moved = await ctx.db
    .updateTable('auditStreams')
    .set({ seq, attempts: 0, nextAt: '', problem: null, leasedUntil: databaseTime(ctx.db, LEASE_MS) })
    .where('id', '=', id)
    .where('holder', '=', holder)
    .returning('seq')
    .executeTakeFirst()
  return moved?.seq ?? null
}

async function putOff(ctx: Context, id: string, holder: string, problem: string): Promise<null> {
  const { attempts } = await ctx.db
    .selectFrom('auditStreams')
    .where('id', '=', id)
    .select('attempts')
    .executeTakeFirstOrThrow()
  const nextAt = new Date(ctx.now().getTime() + Math.min(FIRST_WAIT_MS * 2 ** attempts, LONGEST_WAIT_MS)).toISOString()
  await ctx.db
    .updateTable('auditStreams')
    .set({ attempts: attempts + 1, nextAt, problem })
    .where('id', '=', id)
    .where('holder', '=', holder)
    .execute()
  ctx.log.error({ stream: id, problem, nextAt }, 'the audit log could not be streamed; it is tried again')
  return null
}

/** Why it did not arrive; null when it did. */
async function deliver(ctx: Context, stream: AuditStream, id: string, text: string): Promise<string | null> {
  if (stream.kind === 'webhook') return postSigned(ctx, stream, { id, contentType: 'application/x-ndjson', text })
  try {
    await (stream.kind === 'file' ? append(stream.path, text) : print(text))
    return null
  } catch (error) {
    return `${stream.kind === 'file' ? stream.path : 'stdout'} took nothing: ${error instanceof Error ? error.message : 'unknown'}.`
  }
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.appendFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  return promise
}
