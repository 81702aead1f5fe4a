import { DAY_MS, jsonExcess } from '@keyferry/kernel'
import type { DestinationErrorKind } from '@keyferry/schemas'
import { z } from 'zod'
import type { Meaning } from '../../connection.ts'
import { DestinationError } from '../../destination-error.ts'
import { LONGEST_PAUSE_MS, type Budget } from '../rate-limits/rate-limit.ts'
import { plainWords, scrub } from './scrub.ts'

/** What came back over the wire, read but not judged. */
export interface RawAnswer {
  status: number
  headers: Headers
  text: string
  /** Parsed JSON, undefined for an empty body, or the text itself where it is not JSON. */
  body: unknown
  isJson: boolean
}

/** No listing comes near: JSON beyond it is no answer, and would take the memory and the time of the process. */
const BOUNDS = { deepest: 100, mostValues: 1_000_000 }

/** Parses the body, once. */
export function readAnswer(answer: Pick<RawAnswer, 'status' | 'headers' | 'text'>): RawAnswer {
  const { text } = answer
  if (text.trim() === '') return { ...answer, body: undefined, isJson: true }
  try {
    if (jsonExcess(text, BOUNDS) === null) return { ...answer, body: JSON.parse(text), isJson: true }
  } catch {
    // Text of another kind.
  }
  return { ...answer, body: text, isJson: false }
}

/**
 * The error for an answer the caller did not ask for. The message is ours, followed by the vendor's own short words
 * without anything in `secrets`. With `blind` the call carried no values: what the vendor quotes then is what it holds,
 * which nobody here knows, so only plain words of it are shown.
 */
export function errorFor(
  host: string,
  raw: RawAnswer,
  { kind: meant, message, code, quotesValues = false }: Meaning,
  secrets: readonly string[],
  { blind }: { blind: boolean },
): DestinationError {
  const { body, isJson } = raw
  // The body of a success is what the vendor holds.
  const words = isJson && !quotesValues && raw.status >= 300 ? vendorWords(body) : null
  const said = words === null ? '' : scrub(blind ? plainWords(words) : words, secrets)
  const kind = meant === 'expired' ? 'auth' : (meant ?? kindOf(raw.status))
  const ours = message ?? sentence(host, raw, kind, isJson)
  return new DestinationError(kind, said === '' ? ours : `${ours}: ${said}`, { status: raw.status, code })
}

/** What a status means where nothing else is known of the answer. */
export function kindOf(status: number): DestinationErrorKind {
  if (status === 401 || status === 403) return 'auth'
  if (status === 404) return 'missing'
  if (status === 429) return 'throttled'
  if (status === 409 || status === 412) return 'conflict'
  // 408 and 425 ask for another try; a 2xx gets here only when it is not a whole answer.
  if (status === 408 || status === 425 || status >= 500 || status < 300) return 'unavailable'
  return 'rejected'
}

function sentence(host: string, raw: RawAnswer, kind: DestinationErrorKind, isJson: boolean): string {
  const { status } = raw
  if (status >= 300 && status < 400)
    return `${host} redirects to another address (${status}), which is not followed. Check the URL`
  if (status < 300 && isJson) return `${host} answered ${status}, so the answer may be incomplete`
  if (status < 300) return `${host} answered ${what(raw)} instead of JSON. Check that the URL is the API's`
  if (status === 401) return `${host} rejected the credential (401)`
  if (status === 403) return `${host} refused this: the credential lacks a permission (403)`
  if (status === 404) return `${host} has no such address (404)${isJson ? '' : ', with a page instead of JSON'}`
  if (kind === 'unavailable') return `${host} returned ${status}`
  return `${host} refused the request (${status})`
}

function what(raw: RawAnswer): string {
  const type = raw.headers.get('content-type') ?? ''
  if (type.includes('html')) return 'a web page'
  return type.includes('json') ? 'half a body' : 'something'
}

const worded = z
  .object({ error: z.unknown(), detail: z.unknown(), message: z.unknown(), msg: z.unknown(), errors: z.unknown() })
  .partial()

/** A longer list of errors costs more time than its words are worth. */
const MOST_ERRORS = 3

/**
 * `error`, `detail` or `message` of an error body, whichever holds text first, and the single `errors` (RFC 9457); the
 * first entries of lists such as FastAPI's are joined.
 */
function vendorWords(body: unknown): string | null {
  if (typeof body === 'string') return body
  if (Array.isArray(body)) return body.slice(0, MOST_ERRORS).map(vendorWords).filter(Boolean).join('; ') || null
  const parsed = worded.safeParse(body)
  if (!parsed.success) return null
  const { error, detail, message, msg, errors } = parsed.data
  const first = [error, detail, message, msg].map(vendorWords).find((words) => words !== null && words !== '')
  return [first, vendorWords(errors)].filter(Boolean).join('; ') || null
}

/**
 * The retry delay that a refusal requests, in milliseconds, or null when it names none: `Retry-After` (seconds or a
 * date), then `inBody`, what the destination read in the body, then the reset of the reported budget. Never more than
 * `LONGEST_PAUSE_MS`.
 */
export function retryDelayOf({ headers }: RawAnswer, inBody: number | null): number | null {
  const requested = retryAfter(headers) ?? inBody ?? budgetOf(headers)?.resetsInMs ?? null
  return requested === null ? null : Math.min(Math.max(requested, 0), LONGEST_PAUSE_MS)
}

function retryAfter(headers: Headers): number | null {
  const after = headers.get('retry-after')
  if (after === null) return null
  if (/^\d+(\.\d+)?$/.test(after.trim())) return Number(after) * 1000
  const date = Date.parse(after)
  return Number.isNaN(date) ? null : date - vendorNow(headers)
}

/** A reset further away than this is a clock that is wrong. */
const LONGEST_RESET_MS = 60_000
/** No window lasts as long: such a reset, often 9999999999, means that there is no limit. */
const LONGEST_WINDOW_MS = DAY_MS

/** `x-ratelimit-*` or `ratelimit-*` headers with a reset in Unix seconds or milliseconds; null for anything else. */
export function budgetOf(headers: Headers): Budget | null {
  const read = (name: string): number =>
    Number(headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`) ?? Number.NaN)
  const remaining = read('remaining')
  const reset = read('reset')
  if (!Number.isFinite(remaining) || !(reset > 1e9)) return null
  const resetMs = reset > 1e12 ? reset : reset * 1000
  const resetsInMs = resetMs - vendorNow(headers)
  if (resetsInMs > LONGEST_WINDOW_MS) return null
  return { remaining, window: resetMs, resetsInMs: Math.min(Math.max(resetsInMs, 0), LONGEST_RESET_MS) }
}

/**
 * The vendor's clock where it clearly differs from ours; its Date header has whole seconds, so small differences are
 * noise.
 */
function vendorNow(headers: Headers): number {
  const ours = Date.now()
  const theirs = Date.parse(headers.get('date') ?? '')
  return Math.abs(theirs - ours) > 2_000 ? theirs : ours
}
