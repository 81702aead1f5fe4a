/** The outbox is emptied here: every notice until it arrived, or until a day has passed. */
import type { NoticeTable, Selectable } from '@keyferry/db'
import { backOffWindow, timestamp, whereBackOffOver, type BackOffWindow, type Context } from '@keyferry/kernel'
import type { NoticeType } from '@keyferry/schemas'
import { readNotice } from './outbox.ts'
import { ANSWERS, backOff, CLAIM_MS, GIVE_UP_MS, LONGEST_MS } from './retry.ts'
import { recipientOf, send, type NoticeTarget } from './send.ts'
import type { DeliveryProblem } from './webhook.ts'

const AT_ONCE = 100
/** Milliseconds that a target may keep the next delivery to all others waiting, and the end of the process. */
const TURN_MS = 5_000
/** Names its versions, so it may arrive after a later one. */
const UNORDERED: NoticeType = 'secret.delivered'

type Notice = Selectable<NoticeTable>

/** Emails wait for a mail server, all else for the receiver of a request: neither waits for the other. */
export type Channel = 'email' | 'http'

/**
 * Delivers what is to go out by now on one channel. Safe to call from several processes at once. A notice may
 * arrive twice, when a process dies between the delivery and its entry; it has the same id then. A target that does not
 * answer, or is slow, delays only itself.
 */
export async function deliverNotices(ctx: Context, channel: Channel): Promise<void> {
  const targets = await ctx.db
    .selectFrom('noticeTargets')
    .where('kind', channel === 'email' ? '=' : '!=', 'email')
    .where(whereBackOffOver('noticeTargets.retryAt', present(ctx)))
    .selectAll()
    .execute()
  await Promise.all(targets.map((target) => deliverTo(ctx, target)))
}

/**
 * A notice that is refused waits for its next try, and those about the same sync wait with it: what a recovery ends
 * must have arrived before. A target that does not answer waits itself, and costs one try.
 */
async function deliverTo(ctx: Context, target: NoticeTarget): Promise<void> {
  const end = ctx.now().getTime() + TURN_MS
  for (;;) {
    const due = await dueNotices(ctx, target.id)
    if (due.length === 0) return
    const recipient = await recipientOf(ctx, target)
    const waiting = new Set<string>()
    for (const notice of due) {
      if (ctx.now().getTime() > end) return
      if (notice.type !== UNORDERED && waiting.has(notice.syncId)) continue
      const problem = (await claim(ctx, notice)) ? await send(ctx, recipient, readNotice(notice.body)) : undefined
      if (problem === null) await arrived(ctx, notice)
      else waiting.add(notice.syncId)
      if (problem) await failed(ctx, target, notice, problem)
      if (problem?.isAnswer === false) return
    }
  }
}

/**
 * Of each sync the oldest that has not arrived, or all while none of them was tried. Those that were never tried are
 * first: a target that fails only at one of them is seen to answer.
 */
function dueNotices(ctx: Context, targetId: string): Promise<Notice[]> {
  return ctx.db
    .selectFrom('notices')
    .where('targetId', '=', targetId)
    .where(whereBackOffOver('notices.sendAt', present(ctx)))
    .where((eb) => {
      const tried = eb
        .selectFrom('notices as tried')
        .where('tried.targetId', '=', targetId)
        .where('tried.attempts', '>', 0)
        .where('tried.type', '!=', UNORDERED)
        .select('tried.syncId')
      return eb.or([eb('type', '=', UNORDERED), eb('attempts', '>', 0), eb('syncId', 'not in', tried)])
    })
    .orderBy('attempts')
    .orderBy('createdAt')
    .orderBy('id')
    .limit(AT_ONCE)
    .selectAll()
    .execute()
}

const present = (ctx: Context): BackOffWindow => backOffWindow(ctx, LONGEST_MS)

/** Only one process gets it: the time it was found with must still stand. */
async function claim(ctx: Context, notice: Notice): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db
    .updateTable('notices')
    .set({ sendAt: after(ctx, CLAIM_MS), attempts: notice.attempts + 1 })
    .where('id', '=', notice.id)
    .where('sendAt', '=', notice.sendAt)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function arrived(ctx: Context, notice: Notice): Promise<void> {
  await ctx.db.deleteFrom('notices').where('id', '=', notice.id).execute()
  await ctx.db
    .updateTable('noticeTargets')
    .set({ problem: null, ...ANSWERS, deliveredAt: timestamp(ctx) })
    .where('id', '=', notice.targetId)
    .execute()
}

async function failed(
  ctx: Context,
  target: NoticeTarget,
  notice: Notice,
  { message: problem, isAnswer }: DeliveryProblem,
): Promise<void> {
  const over = ctx.now().getTime() - Date.parse(notice.createdAt) > GIVE_UP_MS
  ctx.log.warn(
    { noticeId: notice.id, targetId: target.id, syncId: notice.syncId, problem, over },
    'a notice did not arrive',
  )
  if (over) await ctx.db.deleteFrom('notices').where('id', '=', notice.id).execute()
  else {
    await ctx.db
      .updateTable('notices')
      .set({ sendAt: after(ctx, backOff(notice.attempts)) })
      .where('id', '=', notice.id)
      .execute()
  }
  const wait = isAnswer ? ANSWERS : { tries: target.tries + 1, retryAt: after(ctx, backOff(target.tries)) }
  await ctx.db
    .updateTable('noticeTargets')
    .set({ problem, ...wait })
    .where('id', '=', target.id)
    .execute()
}

const after = (ctx: Context, milliseconds: number): string => new Date(ctx.now().getTime() + milliseconds).toISOString()
