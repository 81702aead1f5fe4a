/**
 * Who did what. Rows are chained: each carries a keyed hash over itself and the row before. The end of the chain is
 * kept, hashed too, in a row of its own that every writer locks. So rows cannot be changed, removed, swapped or cut off
 * without `verifyAudit` naming the first.
 */
import {
  batchLoader,
  takeMarks,
  type AuditFloorTable,
  type AuditHeadTable,
  type AuditTable,
  type Db,
  type Marks,
} from '@keyferry/db'
import type { AuditAction } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import { SYSTEM, type Actor, type AuditEntry, type Context, type Tx } from '../context.ts'
import { announceLater } from '../announce.ts'
import { append, appendAtOnce, rememberEnd } from './append.ts'
import { transact } from '../transaction.ts'

export type AuditRow = Selectable<AuditTable>
export type AuditHead = Selectable<AuditHeadTable>
export type AuditFloor = Selectable<AuditFloorTable>

/** A commit waits for the disk: what is being answered gets so many turns of the event loop to share it. */
const TURNS = 12

/**
 * Does `work`, and writes what it audits as its last step: every writer of the instance waits for the holder of the end
 * of the chain, so that is held only for as long as it takes to commit.
 */
export async function auditLast<T>(ctx: Context, tx: Tx, work: () => Promise<T>): Promise<T> {
  const entries: AuditEntry[] = []
  tx.auditedLast = entries
  const result = await work()
  tx.auditedLast = undefined
  if (entries.length > 0) await append(ctx, tx, entries, takeMarks())
  return result
}

/**
 * Writes an audit row in the change's own transaction, and announces the change to screens once that is committed.
 * `details`: names and ids, never values.
 */
export async function audit(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  action: AuditAction,
  projectId: string | null,
  details: Record<string, unknown>,
): Promise<void> {
  const entry = { actor, action, projectId, details }
  announceLater(ctx, tx, entry)
  if (tx.auditedLast) tx.auditedLast.push(entry)
  else await append(ctx, tx, [entry], takeMarks())
}

/**
 * Records what has no transaction of its own: values read, a sign-in, a refused call. Resolves once that is on disk;
 * the caller answers nothing before. Events that arrive while others are being written share the next transaction.
 */
export const auditEvent = (
  ctx: Context,
  actor: Actor,
  action: AuditAction,
  projectId: string | null,
  details: Record<string, unknown>,
): Promise<void> => writeEvents(ctx.db, { ctx, entry: { actor, action, projectId, details } })

/** What ended without a transaction, for the next event. */
const outside = new WeakMap<Db, Marks>()
/** An event usually follows at once, such as that of the sign-out. */
const OUTSIDE_MS = 1_000

/** Keeps the marks of a statement without a transaction: in the next event, or soon in one of their own. */
export function marksOutside(ctx: Context, marks: Marks): void {
  const waiting = outside.get(ctx.db)
  outside.set(ctx.db, {
    ...marks,
    ended: [...(waiting?.ended ?? []), ...marks.ended],
    groups: new Map([...(waiting?.groups ?? []), ...marks.groups]),
  })
  if (waiting) return
  const later = setTimeout(() => {
    if (!outside.has(ctx.db)) return
    auditEvent(ctx, SYSTEM, 'integrity.rows-ended', null, {}).catch((error: unknown) =>
      ctx.log.warn({ part: 'integrity', err: error }, 'the audit log does not say that rows ended; it is tried again'),
    )
  }, OUTSIDE_MS)
  later.unref()
}

/** Writes down the marks of a transaction that audits nothing else. */
export async function keepMarks(ctx: Pick<Context, 'keyring' | 'now'>, tx: Tx, marks: Marks): Promise<void> {
  const entry = { actor: SYSTEM, action: 'integrity.rows-ended' as const, projectId: null, details: {} }
  await append(ctx, tx, [entry], marks)
}

const writeEvents = batchLoader(
  async (_db: Db, events: readonly { ctx: Context; entry: AuditEntry }[]) => {
    const [first] = events
    if (first)
      await writeEntries(
        first.ctx,
        events.map(({ entry }) => entry),
      )
    return () => undefined
  },
  { maxBatch: Infinity, turns: TURNS },
)

async function writeEntries(ctx: Context, entries: readonly AuditEntry[]): Promise<void> {
  const marks = outside.get(ctx.db) ?? null
  if (!marks && (await appendAtOnce(ctx, entries))) return
  outside.delete(ctx.db)
  try {
    rememberEnd(ctx.db, await transact(ctx, (tx) => append(ctx, tx, entries, marks)))
  } catch (error) {
    if (marks) marksOutside(ctx, marks)
    throw error
  }
}

/** Where the log begins since old rows were taken off. */
export const readFloor = (db: Db | Tx): Promise<AuditFloor | undefined> =>
  db.selectFrom('auditFloors').selectAll().executeTakeFirst()
