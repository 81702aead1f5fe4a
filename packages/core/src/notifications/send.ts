/** One delivery of one notice to one recipient. */
import type { NoticeTargetTable, Selectable } from '@keyferry/db'
import { organizationKey, type Context } from '@keyferry/kernel'
import type { NoticeKind } from '@keyferry/schemas'
import { slackMessage, teamsMessage } from './chat.ts'
import type { NoticeBody } from './outbox.ts'
import { pagerDutyEvents } from './pagerduty.ts'
import { summaryOf, textOf } from './text.ts'
import { postJson, postSigned, type DeliveryProblem, type WebhookSecret } from './webhook.ts'

export type NoticeTarget = Selectable<NoticeTargetTable>

/** Where a notice is sent. `key`: signs deliveries to a webhook; for PagerDuty the integration key. */
export type Recipient = { kind: 'email'; address: string } | ({ kind: Exclude<NoticeKind, 'email'> } & WebhookSecret)

/** The column `secret` of a recipient; `recipientOf` opens it. */
export async function sealWebhook(ctx: Context, targetId: string, secret: WebhookSecret): Promise<string> {
  return (await organizationKey(ctx)).seal(JSON.stringify(secret), 'notice target', targetId)
}

/** The recipient behind a target, its secret opened. */
export async function recipientOf(ctx: Context, { id, kind, address, secret }: NoticeTarget): Promise<Recipient> {
  if (kind === 'email') return { kind, address }
  const sealed = (await organizationKey(ctx)).open(secret ?? '', 'notice target', id)
  const webhook: WebhookSecret = JSON.parse(sealed)
  return { kind, ...webhook }
}

/** Why a notice did not arrive. Resolves to null when it did. Rejects only for an internal error. */
export async function send(ctx: Context, recipient: Recipient, body: NoticeBody): Promise<DeliveryProblem | null> {
  const problem = await deliver(ctx, recipient, body)
  ctx.metrics.noticeSent(recipient.kind, problem === null)
  return problem
}

async function deliver(ctx: Context, recipient: Recipient, body: NoticeBody): Promise<DeliveryProblem | null> {
  const summary = summaryOf(body, ctx.consoleUrl)
  switch (recipient.kind) {
    case 'email':
      return sendMail(ctx, recipient.address, textOf(summary))
    case 'webhook':
      return postSigned(ctx, recipient, { id: body.id, contentType: 'application/json', text: JSON.stringify(body) })
    case 'slack':
      return postJson(ctx, recipient.url, slackMessage(summary))
    case 'teams':
      return postJson(ctx, recipient.url, teamsMessage(summary))
    case 'pagerduty':
      for (const event of pagerDutyEvents(body, summary, recipient.key)) {
        const problem = await postJson(ctx, recipient.url, event)
        if (problem !== null) return problem
      }
      return null
  }
}

/** The same for an email. */
export async function sendMail(
  ctx: Context,
  to: string,
  mail: { subject: string; text: string },
): Promise<DeliveryProblem | null> {
  if (!ctx.mail)
    return { message: 'Email is not set up: start every process with SMTP_URL and MAIL_FROM.', isAnswer: false }
  try {
    await ctx.mail.send({ to, ...mail })
    return null
  } catch (error) {
    ctx.log.warn({ err: error }, 'an email was not taken')
    // As nodemailer notes what the server said.
    const isAnswer = error instanceof Error && 'responseCode' in error
    return { message: 'The mail server did not take it; the log has the details.', isAnswer }
  }
}
