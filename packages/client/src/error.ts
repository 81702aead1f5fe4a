import type { AppRouter } from '@keyferry/api'
import type { TRPCClientError } from '@trpc/client'

/** Why a call failed. The message is readable and names the remedy where there is one; it never holds a value. */
export class KeyferryApiError extends Error {
  override readonly name = 'KeyferryApiError'
  /** HTTP status; null when no answer came. */
  readonly status: number | null
  /**
   * The name in the documented error body, such as `NotFound`. Without an answer `Unreachable`, `TimedOut`, `Aborted`,
   * or `NoToken` when the function for the token failed.
   */
  readonly code: string
  /** Which fields of the input break which rule. */
  readonly issues: readonly FieldIssue[]
  /** Machine-readable facts, such as the keys that could not be resolved. */
  readonly details: Readonly<Record<string, unknown>>
  /** Seconds after which the instance wants to be asked again; null when it did not say. */
  readonly retryAfter: number | null

  constructor(message: string, facts: Facts) {
    super(message, { cause: facts.cause })
    this.status = facts.status ?? null
    this.code = facts.code
    this.issues = facts.issues ?? []
    this.details = facts.details ?? {}
    this.retryAfter = facts.retryAfter ?? null
  }
}

export interface FieldIssue {
  path: readonly PropertyKey[]
  message: string
}

interface Facts {
  code: string
  status?: number | null
  issues?: readonly FieldIssue[]
  details?: Readonly<Record<string, unknown>>
  retryAfter?: number | null
  cause?: unknown
}

export const isKeyferryError = (error: unknown): error is KeyferryApiError => error instanceof KeyferryApiError

/** What was answered when it was not by a procedure: a proxy's page, a rate limit. */
export interface Answer {
  response: Response
  body: unknown
}

/** `instead`: of a feed, for which tRPC keeps only an event. */
export function failureOf(
  error: TRPCClientError<AppRouter>,
  url: string,
  instead?: Answer | KeyferryApiError,
): KeyferryApiError {
  if (instead instanceof KeyferryApiError) return instead
  if (error.cause instanceof KeyferryApiError) return error.cause
  const { response, body } = instead ?? answerIn(error)
  const isCut = response?.ok === true && body === undefined && !(error.cause instanceof SyntaxError)
  const status = error.data?.status ?? (isCut ? null : response?.status) ?? null
  const asked = response?.headers.get('retry-after')
  return new KeyferryApiError(!instead && error.shape ? error.message : messageOf(error, { status, body, url }), {
    status,
    code: error.data?.error ?? textIn(body, 'error') ?? (status === null ? 'Unreachable' : `Http${status}`),
    issues: error.data?.issues,
    details: error.data?.details,
    retryAfter: asked && /^\d+$/.test(asked) ? Number(asked) : null,
    cause: error,
  })
}

interface Answered {
  status: number | null
  body: unknown
  url: string
}

function messageOf(error: TRPCClientError<AppRouter>, { status, body, url }: Answered): string {
  if (status === null) return `No answer from ${url}: ${rootOf(error)}`
  const answered =
    status < 400 ? `${url} answered ${status} without JSON: it is no Keyferry instance` : `${url} answered ${status}`
  return textIn(body, 'message') ?? answered
}

/** fetch says only "fetch failed"; why is in the causes, and where several addresses were tried, in the list below. */
function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0])
  return error.cause instanceof Error ? rootOf(error.cause) : error.message
}

const answerIn = ({ meta }: TRPCClientError<AppRouter>): Partial<Answer> => ({
  response: meta?.['response'] instanceof Response ? meta['response'] : undefined,
  body: meta?.['responseJSON'],
})

function textIn(body: unknown, field: string): string | null {
  const value: unknown = body !== null && typeof body === 'object' ? Reflect.get(body, field) : null
  return typeof value === 'string' ? value : null
}
