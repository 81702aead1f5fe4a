import type { Network } from '@keyferry/kernel'
import { agentOf, createAgent, refuseClosed } from '@keyferry/kernel/network'
import { networkProblem } from '@keyferry/kernel/network-problem'

/** For one request, from connecting to the last byte. */
const TIMEOUT_MS = 5_000
/** Far more than any issuer's keys have. */
const MAX_BYTES = 512 * 1024

/** The host gave no usable answer. The message names it, for the log of the operator. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface JsonRequest {
  url: string
  /** PEM; empty: the authorities that Node knows. */
  ca: string
  /** The bearer token, where the host wants one. */
  bearer?: string | undefined
  /** Sent by POST; without it the request is a GET. */
  body?: unknown
}

/**
 * What an issuer or a cluster answers, as JSON, by the rules for outbound calls: no redirects, a few seconds, half a
 * MiB. Throws `NoAnswer`.
 */
export async function requestJson(
  network: Network,
  { url: address, ca, bearer, body }: JsonRequest,
): Promise<{ status: number; body: unknown }> {
  const url = new URL(address)
  const deadline = AbortSignal.timeout(TIMEOUT_MS)
  const own = ca === '' ? null : createAgent(network, { ca })
  try {
    refuseClosed(network, url)
    const answer = await (own ?? agentOf(network)).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'user-agent': 'Keyferry',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: deadline,
    })
    return { status: answer.statusCode, body: parsed(url.host, await textOf(url.host, answer.body)) }
  } catch (error) {
    const problem = networkProblem(url.host, error, deadline.aborted ? TIMEOUT_MS : null)
    if (problem === null) throw error
    throw new NoAnswer(problem, { cause: error })
  } finally {
    await own?.destroy()
  }
}

async function textOf(host: string, body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new NoAnswer(`${host} answered more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(host: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new NoAnswer(`${host} answered something that is not JSON`, { cause })
  }
}
