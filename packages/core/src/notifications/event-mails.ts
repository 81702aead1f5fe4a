/** What happened to syncs, by email to the people who want it and may see it when it is sent. */
import { readAccess, usersOf } from '@keyferry/access'
import type { Selectable, SyncEventMailTable } from '@keyferry/db'
import { backOffWindow, whereBackOffOver, type Context } from '@keyferry/kernel'
import { noticeHeadline } from '@keyferry/schemas'
import { notificationOf } from './inbox.ts'
import { backOff, CLAIM_MS, GIVE_UP_MS, LONGEST_MS } from './retry.ts'
import { sendMail } from './send.ts'
import { textOf } from './text.ts'

type Mail = Selectable<SyncEventMailTable> & { at: string }

const AT_ONCE = 100

/** Sends what is due. Safe to call from several processes at once; after a crash a mail may arrive twice. */
export async function deliverEventMails(ctx: Context): Promise<void> {
  if (!ctx.mail) return
  const due = await ctx.db
    .selectFrom('syncEventMails')
    .innerJoin('syncEvents', 'syncEvents.id', 'syncEventMails.eventId')
    .where(whereBackOffOver('syncEventMails.sendAt', backOffWindow(ctx, LONGEST_MS)))
    .where('syncEvents.at', '<=', ctx.now().toISOString())
    .orderBy('syncEventMails.sendAt')
    .orderBy('syncEventMails.eventId')
    .orderBy('syncEventMails.userId')
    .limit(AT_ONCE)
    .selectAll('syncEventMails')
    .select('syncEvents.at')
    .execute()
  for (const mail of due) if (await claim(ctx, mail)) await deliver(ctx, mail)
}

async function deliver(ctx: Context, mail: Mail): Promise<void> {
  const [user] = await usersOf(ctx.db, [mail.userId])
  const access = await readAccess(ctx.db, { kind: 'user', id: mail.userId })
  const event =
    user && (await notificationOf({ ...ctx, caller: { access, verify: async () => {} } }, access, mail.eventId))
  if (!user || !event) return remove(ctx, mail)
  const { project, sync, message } = event
  const link = ctx.consoleUrl
  const problem = await sendMail(
    ctx,
    user.email,
    textOf({
      headline: noticeHeadline(event, sync.name),
      message,
      facts: [
        ['Project', project.name],
        ['At', event.at],
        ...(link === null ? [] : [['Notification settings', `${link}/account`] as const]),
      ],
      link: link === null ? null : `${link}/p/${project.id}/syncs/${sync.destination}/${sync.id}`,
    }),
  )
  ctx.metrics.noticeSent('email', problem === null)
  if (problem === null || ctx.now().getTime() - Date.parse(mail.at) > GIVE_UP_MS) return remove(ctx, mail)
  await putOff(ctx, mail, backOff(mail.attempts)).execute()
}

/** Only one process gets it: the time that it was found with must still stand. */
async function claim(ctx: Context, mail: Mail): Promise<boolean> {
  const { numUpdatedRows } = await putOff(ctx, mail, CLAIM_MS)
    .set({ attempts: mail.attempts + 1 })
    .where('sendAt', '=', mail.sendAt)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const putOff = (ctx: Context, { eventId, userId }: Mail, milliseconds: number) =>
  ctx.db
    .updateTable('syncEventMails')
    .set({ sendAt: new Date(ctx.now().getTime() + milliseconds).toISOString() })
    .where('eventId', '=', eventId)
    .where('userId', '=', userId)

async function remove(ctx: Context, { eventId, userId }: Mail): Promise<void> {
  await ctx.db.deleteFrom('syncEventMails').where('eventId', '=', eventId).where('userId', '=', userId).execute()
}
