/** One delivery of one notice to one target. */
import type { NoticeTargetTable, Selectable } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { organizationKey } from '../connections/credentials.ts'
import type { NoticeBody } from './outbox.ts'
import { textOf } from './text.ts'
import { postSigned, type WebhookSecret } from './webhook.ts'

export type NoticeTarget = Selectable<NoticeTargetTable>

export async function sealWebhook(ctx: Context, targetId: string, secret: WebhookSecret): Promise<string> {
  return (await organizationKey(ctx)).seal(JSON.stringify(secret), 'notice target', targetId)
}

/**
 * Why a notice did not arrive, in words for people. Resolves to null when it did. Rejects only for an internal error.
 */
export async function send(ctx: Context, target: NoticeTarget, body: NoticeBody): Promise<string | null> {
  const problem = target.kind === 'email' ? await sendMail(ctx, target, body) : await post(ctx, target, body)
  ctx.metrics.noticeSent(target.kind, problem === null)
  return problem
}

async function sendMail(ctx: Context, target: NoticeTarget, body: NoticeBody): Promise<string | null> {
  if (!ctx.mail) return 'E-mail is not set up: start every process with SMTP_URL and MAIL_FROM.'
  try {
    await ctx.mail.send({ to: target.address, ...textOf(body) })
    return null
  } catch (error) {
    ctx.log.warn({ err: error, targetId: target.id }, 'an e-mail was not taken')
    return 'The mail server did not take it; the log has the details.'
  }
}

async function post(ctx: Context, target: NoticeTarget, body: NoticeBody): Promise<string | null> {
  const sealed = (await organizationKey(ctx)).open(target.secret ?? '', 'notice target', target.id)
  const webhook: WebhookSecret = JSON.parse(sealed)
  return postSigned(ctx, webhook, { id: body.id, contentType: 'application/json', text: JSON.stringify(body) })
}
