/**
 * Audit rows of what a stranger can repeat at will: failed sign-ins, refused calls. The log must name them, and must
 * not grow with their number. The first of a kind within a minute is a row at once. Its repetitions are one more row
 * with their count, and so is a flood of different ones.
 */
import type { Db } from '@keyferry/db'
import type { AuditAction } from '@keyferry/schemas'
import { anonymous, type Actor, type Context } from '../context.ts'
import { auditEvent } from './audit.ts'

/** One event. The actor with its address, the action and `subject` tell a repetition from another event. */
export interface Repeatable {
  actor: Actor
  action: AuditAction
  /** What it was about, such as the name of the procedure or the email address that was tried. */
  subject: string
  /** Whether it is about an account that exists: a flood of invented ones must not hide those. */
  known: boolean
  details: Record<string, unknown>
}

interface Minute {
  startedAt: number
  seen: Map<string, Repeatable & { repeated: number }>
  /** By action: how many events were beyond the different ones that get a row each. */
  others: Map<AuditAction, number>
  timer: NodeJS.Timeout
}

const MINUTE_MS = 60_000
/**
 * Different events of one action that get a row each within a minute, in each process; as many again about known
 * accounts.
 */
const DIFFERENT = 20

const minutes = new WeakMap<Db, Minute>()

/** Records one event. Resolves once its row is on disk, or it is counted. */
export async function auditRepeated(ctx: Context, event: Repeatable): Promise<void> {
  ctx.metrics.refused(event.action)
  const present = minutes.get(ctx.db)
  const isOver = present !== undefined && ctx.now().getTime() - present.startedAt >= MINUTE_MS
  // Takes the old minute away before it waits for anything.
  const flushed = isOver ? flushRepeated(ctx) : undefined
  const minute = present && !isOver ? present : begin(ctx)
  await Promise.all([flushed, isFirst(minute, event) ? write(ctx, event, {}) : undefined])
}

/**
 * Writes the counts of the present minute: at its end, and before the process ends. Where the store does not take them,
 * the log says so: a process stops in order all the same.
 */
export async function flushRepeated(ctx: Context): Promise<void> {
  const minute = minutes.get(ctx.db)
  if (!minute) return
  minutes.delete(ctx.db)
  clearTimeout(minute.timer)
  const repeated = [...minute.seen.values()].filter((event) => event.repeated > 0)
  await Promise.all([
    ...repeated.map((event) => write(ctx, event, { repeated: event.repeated })),
    ...[...minute.others].map(([action, others]) => auditEvent(ctx, anonymous(null), action, null, { others })),
  ]).catch((error: unknown) => ctx.log.error({ err: error }, 'the audit log lacks the counts of repeated events'))
}

const write = (ctx: Context, { actor, action, details }: Repeatable, counted: Record<string, number>): Promise<void> =>
  auditEvent(ctx, actor, action, null, { ...details, ...counted })

function begin(ctx: Context): Minute {
  const timer = setTimeout(() => void flushRepeated(ctx), MINUTE_MS).unref()
  const minute = { startedAt: ctx.now().getTime(), seen: new Map(), others: new Map(), timer }
  minutes.set(ctx.db, minute)
  return minute
}

/** Counts the event; true when it gets a row of its own. */
function isFirst({ seen, others }: Minute, event: Repeatable): boolean {
  const { actor, action, subject, known } = event
  const key = JSON.stringify([action, actor.kind, actor.id, actor.address, subject])
  const before = seen.get(key)
  if (before) {
    before.repeated++
    return false
  }
  const different = [...seen.values()].filter((other) => other.action === action && other.known === known)
  if (different.length >= DIFFERENT) {
    others.set(action, (others.get(action) ?? 0) + 1)
    return false
  }
  seen.set(key, { ...event, repeated: 0 })
  return true
}
