/** A POST to an address that somebody else runs, signed or not. */
import { createHmac } from 'node:crypto'
import type { Context } from '@keyferry/kernel'
import { DestinationError } from '../destinations/destination-error.ts'
import { agentOf, refuseClosed } from '@keyferry/kernel/network'
import { networkError } from '../destinations/shared/http/network-errors.ts'

/** Where a webhook is, and what signs its deliveries. */
export interface WebhookSecret {
  url: string
  key: string
}

export interface Delivery {
  /** The same in every repetition. */
  id: string
  contentType: string
  text: string
}

const TIMEOUT_MS = 10_000

/** The body is signed together with the time, so that an old delivery cannot be sent again by somebody else. */
const signature = (key: string, seconds: number, text: string): string =>
  `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex')}`

/** Why it did not arrive, in words for people. Resolves to null when it did. Rejects only for an internal error. */
export const postSigned = (
  ctx: Pick<Context, 'network' | 'now'>,
  { url, key }: WebhookSecret,
  { id, contentType, text }: Delivery,
): Promise<string | null> =>
  post(ctx, url, text, {
    'content-type': contentType,
    'x-keyferry-delivery': id,
    'x-keyferry-signature': signature(key, Math.floor(ctx.now().getTime() / 1000), text),
  })

/** The same, not signed: the receiver's address is the secret, or the body has one. */
export const postJson = (ctx: Pick<Context, 'network'>, url: string, body: object): Promise<string | null> =>
  post(ctx, url, JSON.stringify(body), { 'content-type': 'application/json' })

async function post(
  ctx: Pick<Context, 'network'>,
  address: string,
  text: string,
  headers: Record<string, string>,
): Promise<string | null> {
  const url = new URL(address)
  const deadline = AbortSignal.timeout(TIMEOUT_MS)
  try {
    refuseClosed(ctx.network, url)
    const answer = await agentOf(ctx.network).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: { 'user-agent': 'Keyferry', ...headers },
      body: text,
      signal: deadline,
    })
    await answer.body.dump({ limit: 64 * 1024, signal: deadline })
    if (answer.statusCode >= 200 && answer.statusCode < 300) return null
    // A redirect is not followed: it could lead anywhere.
    return `${url.host} answered ${answer.statusCode}.`
  } catch (error) {
    const problem = networkError(url.host, error, deadline.aborted ? TIMEOUT_MS : null)
    if (problem instanceof DestinationError) return `${problem.message}.`
    throw problem
  }
}
