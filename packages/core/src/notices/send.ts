/** One delivery of one notice to one target. */
import { createHmac } from 'node:crypto'
import type { NoticeTargetTable, Selectable } from '@keyferry/db'
import { organizationKey } from '../connections/credentials.ts'
import type { Context } from '../context.ts'
import { DestinationError } from '../destinations/destination.ts'
import { agentOf, refuseClosed } from '../destinations/network.ts'
import { unreachable } from '../destinations/unreachable.ts'
import type { NoticeBody } from './outbox.ts'
import { textOf } from './text.ts'

export type NoticeTarget = Selectable<NoticeTargetTable>

/** What is sealed of a webhook. */
export interface WebhookSecret {
  url: string
  key: string
}

export async function sealWebhook(ctx: Context, targetId: string, secret: WebhookSecret): Promise<string> {
  return (await organizationKey(ctx)).seal(JSON.stringify(secret), 'notice target', targetId)
}

const PATIENCE_MS = 10_000

/** Why a notice did not arrive, in words for people. Resolves to null when it did. Rejects only for a fault of ours. */
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

/** The body is signed together with the time, so that an old delivery cannot be sent again by somebody else. */
export const signature = (key: string, seconds: number, text: string): string =>
  `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex')}`

async function post(ctx: Context, target: NoticeTarget, body: NoticeBody): Promise<string | null> {
  const sealed = (await organizationKey(ctx)).open(target.secret ?? '', 'notice target', target.id)
  const { url: address, key }: WebhookSecret = JSON.parse(sealed)
  const url = new URL(address)
  const text = JSON.stringify(body)
  const deadline = AbortSignal.timeout(PATIENCE_MS)
  try {
    refuseClosed(ctx.network, url)
    const answer = await agentOf(ctx.network).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Keyferry',
        'x-keyferry-delivery': body.id,
        'x-keyferry-signature': signature(key, Math.floor(ctx.now().getTime() / 1000), text),
      },
      body: text,
      signal: deadline,
    })
    await answer.body.dump({ limit: 64 * 1024, signal: deadline })
    if (answer.statusCode >= 200 && answer.statusCode < 300) return null
    // A redirect is not followed: it could lead anywhere.
    return `${url.host} answered ${answer.statusCode}.`
  } catch (error) {
    const problem = unreachable(url.host, error, deadline.aborted ? PATIENCE_MS : null)
    if (problem instanceof DestinationError) return `${problem.message}.`
    throw problem
  }
}
