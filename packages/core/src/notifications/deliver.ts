/** The outbox is emptied here: every notice until it arrived, or until a day has passed. */
import type { NoticeTable, Selectable } from '@keyferry/db'
import { backOffWindow, timestamp, whereBackOffOver, type Context } from '@keyferry/kernel'
import { sql, type Expression } from 'kysely'
import { readNotice } from './outbox.ts'
import { CLAIM_MS, FIRST_MS, GIVE_UP_MS, LONGEST_MS } from './retry.ts'
import { recipientOf, send } from './send.ts'

const AT_ONCE = 100

/** E-mails wait for a mail server, all else for the receiver of a request: neither waits for the other. */
export type Channel = 'email' | 'http'

/**
 * Delivers what is to go out by now on one channel. Safe to call from several processes at once. A notice may
 * arrive twice, when a process dies between the delivery and its entry; it has the same id then. A target that does not
 * answer delays only itself.
 */
export async function deliverNotices(ctx: Context, channel: Channel): Promise<void> {
  const due = await ctx.db
    .selectFrom('notices')
    // However many wait for a target that is away, they are not read, and take no place of those that can go out.
    .where('targetId', 'in', (eb) =>
      eb
        .selectFrom('noticeTargets')
        .where('kind', channel === 'email' ? '=' : '!=', 'email')
        .where(({ not, exists, ref }) => not(exists(waiting(ctx, ref('noticeTargets.id')).select('tried.id'))))
        .select('noticeTargets.id'),
    )
    .where(whereBackOffOver('sendAt', backOffWindow(ctx, LONGEST_MS)))
    .orderBy('createdAt')
    .orderBy('id')
    .limit(AT_ONCE)
    .selectAll()
    .execute()
  const perTarget = Map.groupBy(due, (notice) => notice.targetId)
  await Promise.all([...perTarget].map(([targetId, notices]) => deliverTo(ctx, targetId, notices)))
}

/** In order: while one waits for its next try, those after it wait too, so that a target that is away costs one try. */
async function deliverTo(ctx: Context, targetId: string, notices: readonly Selectable<NoticeTable>[]): Promise<void> {
  const target = await ctx.db.selectFrom('noticeTargets').where('id', '=', targetId).selectAll().executeTakeFirst()
  if (!target || (await isPaused(ctx, targetId))) return
  const recipient = await recipientOf(ctx, target)
  for (const notice of notices) {
    if (!(await claim(ctx, notice))) continue
    const problem = await send(ctx, recipient, readNotice(notice.body))
    if (problem === null) await arrived(ctx, notice)
    else await failed(ctx, notice, problem)
    if (problem !== null) return
  }
}

/** One is waiting for its next try, or another process is delivering it. */
async function isPaused(ctx: Context, targetId: string): Promise<boolean> {
  return (await waiting(ctx, sql.val(targetId)).select('tried.id').limit(1).executeTakeFirst()) !== undefined
}

/** The notices of a target that were tried, and whose next try is still to come. */
const waiting = (ctx: Context, targetId: Expression<string>) =>
  ctx.db
    .selectFrom('notices as tried')
    .where('tried.targetId', '=', targetId)
    .where('tried.attempts', '>', 0)
    .where(sql<boolean>`not ${whereBackOffOver('tried.sendAt', backOffWindow(ctx, LONGEST_MS))}`)

/** Only one process gets it: the time it was found with must still stand. */
async function claim(ctx: Context, notice: Selectable<NoticeTable>): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db
    .updateTable('notices')
    .set({ sendAt: after(ctx, CLAIM_MS), attempts: notice.attempts + 1 })
    .where('id', '=', notice.id)
    .where('sendAt', '=', notice.sendAt)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function arrived(ctx: Context, notice: Selectable<NoticeTable>): Promise<void> {
  await ctx.db.deleteFrom('notices').where('id', '=', notice.id).execute()
  await ctx.db
    .updateTable('noticeTargets')
    .set({ problem: null, deliveredAt: timestamp(ctx) })
    .where('id', '=', notice.targetId)
    .execute()
}

async function failed(ctx: Context, notice: Selectable<NoticeTable>, problem: string): Promise<void> {
  const over = ctx.now().getTime() - Date.parse(notice.createdAt) > GIVE_UP_MS
  ctx.log.warn(
    { noticeId: notice.id, targetId: notice.targetId, syncId: notice.syncId, problem, over },
    'a notice did not arrive',
  )
  if (over) await ctx.db.deleteFrom('notices').where('id', '=', notice.id).execute()
  else {
    await ctx.db
      .updateTable('notices')
      .set({ sendAt: after(ctx, Math.min(FIRST_MS * 2 ** notice.attempts, LONGEST_MS)) })
      .where('id', '=', notice.id)
      .execute()
  }
  await ctx.db.updateTable('noticeTargets').set({ problem }).where('id', '=', notice.targetId).execute()
}

const after = (ctx: Context, milliseconds: number): string => new Date(ctx.now().getTime() + milliseconds).toISOString()
