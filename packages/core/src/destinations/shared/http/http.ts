/**
 * The one network door of the destinations: counts, times out, checks the lease, keeps to public addresses and rate
 * limits, repeats what is safe to repeat, and turns every failure into a `DestinationError`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Network, Tracing } from '@keyferry/kernel'
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { noAuthorization } from './authorization.ts'
import type { Authorization, Meaning } from '../../connection.ts'
import { DestinationError } from '../../destination-error.ts'
import type { RateLimit } from '../rate-limits/rate-limit.ts'
import { createRateLimiter, type Permit, type RateLimiter, type SharedRateLimit } from '../rate-limits/rate-limiter.ts'
import { budgetOf, errorFor, kindOf, type RawAnswer, retryDelayOf } from './responses.ts'
import { stringsIn } from './scrub.ts'
import { createWire, type Sent, type Wire } from './wire.ts'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, starting with `/`; the caller has encoded its parts. */
  path: string
  /** Sent as JSON; `URLSearchParams` as a form. */
  body?: unknown
  /** Of the body, where it is not the usual one: `application/merge-patch+json`. */
  contentType?: string
  headers?: Record<string, string>
  /** The call may be repeated after an unclear answer. Throttling answers are always repeated: they did nothing. */
  repeatable: boolean
  /** Statuses the caller wants back as an answer instead of an error; or a look at the answer that says so. */
  accept?: readonly number[] | ((status: number, body: unknown) => boolean)
  /** The body of a good answer may be text, such as XML. Default: anything but JSON is `unavailable`. */
  acceptsText?: boolean
  /** The vendor's rate-limit bucket this call counts in. Default: one for all calls. */
  bucket?: string
  /** What an answer to this call means; what it leaves out is what the connection's `classify` says of it. */
  classify?: (answer: HttpAnswer) => Meaning | null
  /** In place of the connection's. */
  authorization?: Authorization
  /**
   * Takes a call back that still waits for its turn; it rejects with the signal's reason. On the wire it is left to
   * end.
   */
  cancel?: AbortSignal
}

export interface HttpAnswer {
  status: number
  headers: Headers
  /** Parsed JSON; undefined when the body is empty; the text where it is not JSON. */
  body: unknown
  /** The body as it came, for JSON whose numbers must keep their text. */
  text: string
}

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>
  /**
   * The same door to another host of the connection, or with another authorization: one lease, one count, one set of
   * rate limits. Throws `rejected` for a host that the connection does not allow, and for
   * `http:` where the connection has `https:`.
   */
  at(baseUrl: string, authorization?: Authorization): Http
  /** Waits as long as a run may: rejects with the reason of the session's end. */
  wait(ms: number): Promise<void>
  /**
   * As many calls follow in a bucket with a documented limit, so that they are reserved together, not one by one. Those
   * that do not follow are lost to others until the limit refills.
   */
  expect(bucket: string, calls: number): void
  /** Requests sent so far, repeats and other hosts included. */
  readonly calls: number
}

export interface HttpOptions {
  /** `https://host[:port][/prefix]`, without a trailing slash. */
  baseUrl: string
  /** Other hosts that `at` may lead to: `host[:port]`, or `*.suffix` for any host below it. */
  hosts?: readonly string[]
  /** `door` sends requests without authorization, for the endpoint of a token. */
  authorization(door: Http): Authorization
  /** Kept out of every message, beside what `authorization` puts into headers. */
  secrets?: readonly string[]
  classify?(answer: HttpAnswer): Meaning | null
  /** PEM of the authorities to trust in place of the usual ones. */
  ca?: string
  network: Network
  /** Ends waits and requests; they reject with its reason. */
  signal: AbortSignal
  /** Awaited before every request is sent: the lease. Throws when this run may no longer write. */
  guard?: () => Promise<void> | void
  /** Every answer's status; null when none came. */
  onAnswer?: (status: number | null) => void
  /** Each request is a span. Left out: none. */
  tracing?: Tracing
  /** For one request, from connecting to the last byte. Default 30 s. */
  timeoutMs?: number
  /**
   * How long one request lets itself be put off before it fails as `throttled`. Default 75 s: GitHub requests a minute.
   */
  waitBudgetMs?: number
  /** The vendor's rate limits, by bucket. */
  rateLimits?: Readonly<Record<string, RateLimit>>
  /** The rate limits of this account that all processes share. Left out, no other process uses the account. */
  sharedRateLimit?: SharedRateLimit
}

const TRIES = 3
const FIRST_REPEAT_MS = 200
/** A bucket of its own: a call that waits for a token holds a place in the vendor's. */
const TOKEN_BUCKET = 'token'

/**
 * The door for one run or one check of one connection. It holds no connection to a host of its own, so there is nothing
 * to close.
 *
 * Errors: `auth` 401, 403; `missing` 404; `conflict` 409, 412; `rejected` other 4xx, a redirect, a private address, a
 * host that is not the connection's; `throttled` when waiting did not help; `unavailable` for network trouble,
 * time-outs, 5xx, bodies that are not JSON and answers that are not whole; else what `classify` says. What `guard`
 * throws passes through.
 */
export function createHttp(options: HttpOptions): Http {
  const { signal, waitBudgetMs = 75_000 } = options
  const limiter = createRateLimiter({
    signal,
    longestWaitMs: waitBudgetMs,
    limits: options.rateLimits,
    shared: options.sharedRateLimit,
  })
  const wire = createWire(options)
  const own = new URL(options.baseUrl)

  const doorTo = (baseUrl: string, authorization: Authorization, isTokens = false): Http => {
    const base = new URL(baseUrl)
    const request = requester({ ...options, waitBudgetMs, base, limiter, wire })
    return {
      request: (asked) => request({ authorization, ...(isTokens ? { bucket: TOKEN_BUCKET } : {}), ...asked }),
      at(url, other = authorization) {
        const to = URL.parse(url)
        const isAllowed = to?.host === own.host || options.hosts?.some((allowed) => isHostOf(allowed, to?.host ?? ''))
        // A region that a picker is given, for example, may be any text.
        if (to === null || isAllowed !== true) {
          const host = to?.host ?? 'The text in place of a host'
          throw new DestinationError('rejected', `${host} is not an address that this connection may send to`)
        }
        // A target's author must not have the credential sent in clear.
        if (own.protocol === 'https:' && to.protocol !== 'https:') {
          throw new DestinationError('rejected', `${to.host} must be an address that begins with https://`)
        }
        return doorTo(url, other, isTokens)
      },
      wait: (ms) => delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
      expect: (bucket, calls) => limiter.expect(bucket, calls),
      get calls() {
        return wire.calls()
      },
    }
  }

  const authorization = options.authorization(doorTo(options.baseUrl, noAuthorization, true))
  return doorTo(options.baseUrl, authorization)
}

const isHostOf = (allowed: string, host: string): boolean =>
  allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed

interface Parts extends HttpOptions {
  waitBudgetMs: number
  base: URL
  limiter: RateLimiter
  wire: Wire
}

/** Requests to one base URL: in turn, judged, and repeated where that is safe. */
function requester(parts: Parts): Http['request'] {
  const { base, limiter, wire, signal, waitBudgetMs } = parts

  const meaningOf = (request: HttpRequest, raw: RawAnswer): Meaning => ({
    ...parts.classify?.(raw),
    ...request.classify?.(raw),
  })

  /** Sends with a permit, and again for as long as the vendor only says "too early". */
  const sendInTurn = async (request: HttpRequest): Promise<Sent> => {
    let firstRefusal: number | null = null
    for (let refusals = 0; ; refusals += 1) {
      const permit = await limiter.permit(request.bucket ?? 'all', { again: refusals > 0, cancel: request.cancel })
      const sent = await wire.send(base, request).catch((error: unknown) => {
        permit.failed()
        throw error
      })
      const { raw } = sent
      const meaning = meaningOf(request, raw)
      const isThrottled = (meaning.kind ?? kindOf(raw.status)) === 'throttled'
      if (!isThrottled && raw.status >= 500) {
        permit.failed()
        return sent
      }
      if (!isThrottled || accepts(request, raw.status, raw.body)) {
        permit.answered(budgetOf(raw.headers) ?? undefined)
        return sent
      }
      firstRefusal ??= performance.now()
      const waitMs = putOff(permit, raw, meaning.waitMs ?? null, refusals)
      if (performance.now() - firstRefusal + waitMs > waitBudgetMs) {
        const { message } = refusal(request, sent, meaning)
        throw new DestinationError('throttled', message, {
          status: raw.status,
          retryAt: new Date(Date.now() + waitMs),
        })
      }
    }
  }

  const refusal = (request: HttpRequest, { raw, proof }: Sent, meaning: Meaning): DestinationError => {
    const proofs = Object.values(proof).map((value) => value.replace(/^Bearer /, ''))
    const carried = [...(parts.secrets ?? []), ...proofs, ...stringsIn(sentValues(request.body))]
    return errorFor(base.host, raw, meaning, carried, { blind: request.body === undefined })
  }

  const attempt = async (request: HttpRequest, isSecond = false): Promise<HttpAnswer> => {
    const sent = await sendInTurn(request)
    const { raw } = sent
    const meaning = meaningOf(request, raw)
    const isGood = isSuccess(request, raw.status) && meaning.kind === undefined
    const wanted = isGood || accepts(request, raw.status, raw.body)
    if (wanted && (raw.isJson || request.acceptsText === true)) return raw
    const isOutdated = meaning.kind === 'expired' || (raw.status === 401 && meaning.kind === undefined)
    if (isOutdated && !isSecond && request.authorization?.renew?.(sent.proof)) return attempt(request, true)
    throw refusal(request, sent, meaning)
  }

  const repeating = retry(
    handleWhen((error) => isUnavailable(error) && !wire.isDown(base)),
    { maxAttempts: TRIES - 1, backoff: new ExponentialBackoff({ initialDelay: FIRST_REPEAT_MS, maxDelay: 2_000 }) },
  )

  return (request) => {
    if (!request.repeatable) return attempt(request)
    let isUnclear = false
    const tryAgain = (): Promise<HttpAnswer> =>
      attempt(request).catch((error: unknown) => {
        if (isUnclear && error instanceof DestinationError) error.mayHaveLanded = true
        isUnclear ||= isUnavailable(error)
        throw error
      })
    return repeating.execute(tryAgain, signal)
  }
}

const sentValues = (body: unknown): unknown => (body instanceof URLSearchParams ? [...body.values()] : body)

/** The others, such as 202 and 206, say that something is not done yet, or that the answer is a part. */
const isSuccess = ({ method }: HttpRequest, status: number): boolean =>
  status === 200 || (method !== 'GET' && (status === 201 || status === 204))

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
