/**
 * The one network door of the destinations: counts, times out, checks the lease, keeps to public addresses and rate
 * limits, repeats what is safe to repeat, and turns every failure into a `DestinationError`.
 */
import type { Network } from '@keyferry/kernel'
import { withoutTrailingSlashes } from '@keyferry/schemas'
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { budgetOf, errorFor, parseBody, type RawAnswer, retryDelayOf } from './responses.ts'
import { DestinationError } from './destination.ts'
import { agentOf, refuseClosed } from '@keyferry/kernel/network'
import type { RateLimit } from './rate-limit.ts'
import { createRateLimiter, type Permit, type SharedRateLimit } from './rate-limiter.ts'
import { stringsIn } from './scrub.ts'
import { networkError } from './network-errors.ts'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, starting with `/`; the caller has encoded its parts. */
  path: string
  body?: unknown
  /** `authorization` takes the place of the connection's, and is kept out of messages like it. */
  headers?: Record<string, string>
  /** The call may be repeated after an unclear answer. Throttling answers are always repeated: they did nothing. */
  repeatable: boolean
  /** Statuses the caller wants back as an answer instead of an error; or a look at the answer that says so. */
  accept?: readonly number[] | ((status: number, body: unknown) => boolean)
  /** The vendor's rate-limit bucket this call counts in. Default: one for all calls. */
  bucket?: string
  /**
   * The destination's own words for an error answer, or null for the common ones. `body` is parsed JSON, or the text.
   */
  describe?: (status: number, body: unknown) => string | null
  /** The retry delay that the body of a 429 names, in milliseconds. */
  retryDelay?: (body: unknown) => number | null
  /** The code of the error for an error answer, read from what the vendor sent before anything is taken out of it. */
  classify?: (status: number, body: unknown) => string | null
  /**
   * Takes a call back that still waits for its turn; it rejects with the signal's reason. On the wire it is left to
   * end.
   */
  cancel?: AbortSignal
}

export interface HttpAnswer {
  status: number
  headers: Headers
  /** Parsed JSON; undefined when the body is empty. A body that is not JSON is an `unavailable` error. */
  body: unknown
}

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>
  /** Requests sent so far, repeats included. */
  readonly calls: number
}

export interface HttpOptions {
  /** `https://host[:port][/prefix]`, without a trailing slash. */
  baseUrl: string
  /** Sent with every request; their values are kept out of every message. */
  headers: Record<string, string>
  network: Network
  /** Ends waits and requests; they reject with its reason. */
  signal: AbortSignal
  /** Awaited before every request is sent: the lease. Throws when this run may no longer write. */
  guard?: () => Promise<void> | void
  onCall?: () => void
  /** Every answer's status; null when none came. */
  onAnswer?: (status: number | null) => void
  /** For one request, from connecting to the last byte. Default 30 s. */
  timeoutMs?: number
  /** How long one request lets itself be put off before it fails as `throttled`. Default 60 s. */
  waitBudgetMs?: number
  /** The vendor's rate limits, by bucket. */
  rateLimits?: Readonly<Record<string, RateLimit>>
  /** The rate limits of this account that all processes share. Left out, no other process uses the account. */
  sharedRateLimit?: SharedRateLimit
}

const TRIES = 3
const FIRST_REPEAT_MS = 200
/**
 * After this many rounds of failures with no answer between, the host is down: the rest of a thousand calls is not
 * tried.
 */
const GIVE_UP_AFTER = 4

/**
 * The door for one run or one check against one host. It holds no connection of its own, so there is nothing to close.
 *
 * Errors: `auth` 401, 403; `missing` 404; `rejected` other 4xx, a redirect, a private address; `throttled` when waiting
 * did not help; `unavailable` for network trouble, time-outs, 5xx and bodies that are not JSON. What `guard` throws
 * passes through.
 */
export function createHttp(options: HttpOptions): Http {
  const { network, signal, timeoutMs = 30_000, waitBudgetMs = 60_000 } = options
  const base = new URL(options.baseUrl)
  const prefix = withoutTrailingSlashes(base.pathname)
  const credentials = Object.values(options.headers).map((value) => value.replace(/^Bearer /, ''))
  const limiter = createRateLimiter({
    signal,
    longestWaitMs: waitBudgetMs,
    limits: options.rateLimits,
    shared: options.sharedRateLimit,
  })
  let calls = 0
  let failedRounds = 0
  let lastFailure = 0

  /** Calls that were already flying at the last failure failed with it: a cut of 200 connections is one failure. */
  const noteFailure = (sentAt: number): void => {
    if (sentAt <= lastFailure) return
    lastFailure = performance.now()
    failedRounds += 1
  }

  /** One request on the wire. Throws `DestinationError` only for an answer that never came. */
  const send = async (request: HttpRequest): Promise<RawAnswer> => {
    if (failedRounds >= GIVE_UP_AFTER) {
      throw new DestinationError('unavailable', `${base.host} stopped answering; this was not tried any more`)
    }
    await options.guard?.()
    signal.throwIfAborted()
    request.cancel?.throwIfAborted()
    const sentAt = performance.now()
    const deadline = AbortSignal.timeout(timeoutMs)
    let answered = false
    try {
      refuseClosed(network, base)
      calls += 1
      options.onCall?.()
      const answer = await agentOf(network).request({
        origin: base.origin,
        path: prefix + request.path,
        method: request.method,
        headers: {
          accept: 'application/json',
          'user-agent': 'Keyferry',
          ...options.headers,
          ...request.headers,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal: AbortSignal.any([signal, deadline]),
      })
      const text = await answer.body.text()
      answered = true
      options.onAnswer?.(answer.statusCode)
      if (answer.statusCode >= 500) noteFailure(sentAt)
      else failedRounds = 0
      return { status: answer.statusCode, headers: headersOf(answer.headers), text }
    } catch (error) {
      if (!answered) options.onAnswer?.(null)
      signal.throwIfAborted()
      noteFailure(sentAt)
      throw networkError(base.host, error, deadline.aborted ? timeoutMs : null)
    }
  }

  /** Sends with a permit, and again for as long as the vendor only says "too early". */
  const sendInTurn = async (request: HttpRequest): Promise<RawAnswer> => {
    let firstRefusal: number | null = null
    for (let refusals = 0; ; refusals += 1) {
      const permit = await limiter.permit(request.bucket ?? 'all', { again: refusals > 0, cancel: request.cancel })
      const raw = await send(request).catch((error: unknown) => {
        permit.failed()
        throw error
      })
      if (raw.status >= 500) {
        permit.failed()
        return raw
      }
      if (raw.status !== 429 || accepts(request, raw.status, parseBody(raw.text).body)) {
        permit.answered(budgetOf(raw.headers) ?? undefined)
        return raw
      }
      firstRefusal ??= performance.now()
      const waitMs = putOff(permit, raw, request.retryDelay?.(parseBody(raw.text).body) ?? null, refusals)
      if (performance.now() - firstRefusal + waitMs > waitBudgetMs) {
        const { message } = refusal(request, raw)
        throw new DestinationError('throttled', message, { status: 429, retryAt: new Date(Date.now() + waitMs) })
      }
    }
  }

  const refusal = (request: HttpRequest, raw: RawAnswer): DestinationError => {
    const { body } = parseBody(raw.text)
    const described = request.describe?.(raw.status, body) ?? null
    const code = request.classify?.(raw.status, body) ?? null
    const own = request.headers?.authorization?.replace(/^Bearer /, '')
    const carried = [...credentials, ...(own === undefined ? [] : [own]), ...stringsIn(request.body)]
    return errorFor(base.host, raw, described, carried, { blind: request.body === undefined, code })
  }

  const judge = (request: HttpRequest, raw: RawAnswer): HttpAnswer => {
    const { body, isJson } = parseBody(raw.text)
    const wanted = (raw.status >= 200 && raw.status < 300) || accepts(request, raw.status, body)
    if (wanted && isJson) return { status: raw.status, headers: raw.headers, body }
    throw refusal(request, raw)
  }

  const attempt = async (request: HttpRequest): Promise<HttpAnswer> => judge(request, await sendInTurn(request))

  const repeating = retry(
    handleWhen((error) => isUnavailable(error) && failedRounds < GIVE_UP_AFTER),
    { maxAttempts: TRIES - 1, backoff: new ExponentialBackoff({ initialDelay: FIRST_REPEAT_MS, maxDelay: 2_000 }) },
  )

  return {
    request: (request) => (request.repeatable ? repeating.execute(() => attempt(request), signal) : attempt(request)),
    get calls() {
      return calls
    },
  }
}

const accepts = ({ accept }: HttpRequest, status: number, body: unknown): boolean =>
  typeof accept === 'function' ? accept(status, body) : accept?.includes(status) === true

const isUnavailable = (error: unknown): boolean => error instanceof DestinationError && error.kind === 'unavailable'

/**
 * Pauses the bucket: for as long as the vendor requests, else 1, 2, 4, 8 s; never zero, and never all clients together.
 */
function putOff(permit: Permit, raw: RawAnswer, inBody: number | null, refusals: number): number {
  const requested = retryDelayOf(raw, inBody)
  const backoff = 1_000 * 2 ** Math.min(refusals, 3)
  // The vendor said "retry now" and refused again: the clocks disagree, so its times can't be used.
  const waitMs = requested !== null && (requested > 0 || refusals === 0) ? requested : backoff
  const jittered = waitMs + 10 + Math.random() * Math.min(250, waitMs / 4)
  permit.refused(jittered, budgetOf(raw.headers) ?? undefined)
  return jittered
}

function headersOf(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one)
  }
  return headers
}
