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

/** Why a delivery did not arrive. */
export interface DeliveryProblem {
  /** In words for people. */
  message: string
  /** The receiver answered, and may take the next delivery; otherwise none would arrive now. */
  isAnswer: boolean
}

const TIMEOUT_MS = 10_000
/** Answers of a proxy whose server is away, or of a server that wants to be left alone for now. */
const AWAY: readonly number[] = [408, 429, 502, 503, 504]

/** The body is signed together with the time, so that an old delivery cannot be sent again by somebody else. */
const signature = (key: string, seconds: number, text: string): string =>
  `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex')}`

/** Why it did not arrive. Resolves to null when it did. Rejects only for an internal error. */
export const postSigned = (
  ctx: Pick<Context, 'network' | 'now'>,
  { url, key }: WebhookSecret,
  { id, contentType, text }: Delivery,
): Promise<DeliveryProblem | null> =>
  post(ctx, url, text, {
    'content-type': contentType,
    'x-keyferry-delivery': id,
    'x-keyferry-signature': signature(key, Math.floor(ctx.now().getTime() / 1000), text),
  })

/** The same, not signed: the receiver's address is the secret, or the body has one. */
export const postJson = (ctx: Pick<Context, 'network'>, url: string, body: object): Promise<DeliveryProblem | null> =>
  post(ctx, url, JSON.stringify(body), { 'content-type': 'application/json' })

async function post(
  ctx: Pick<Context, 'network'>,
  address: string,
  text: string,
  headers: Record<string, string>,
): Promise<DeliveryProblem | null> {
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
    return { message: `${url.host} answered ${answer.statusCode}.`, isAnswer: !AWAY.includes(answer.statusCode) }
  } catch (error) {
    const problem = networkError(url.host, error, deadline.aborted ? TIMEOUT_MS : null)
    if (problem instanceof DestinationError) return { message: `${problem.message}.`, isAnswer: false }
    throw problem
  }
}
