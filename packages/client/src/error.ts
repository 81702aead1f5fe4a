import type { AppRouter } from '@keyferry/api'
import { TRPCClientError } from '@trpc/client'

type Data = NonNullable<TRPCClientError<AppRouter>['data']>

/** Why a call failed. The message is readable and names the remedy where there is one; it never holds a value. */
export class KeyferryApiError extends TRPCClientError<AppRouter> {
  override readonly name = 'KeyferryApiError'
  /** HTTP status; null when no answer came. */
  readonly status: number | null
  /** The name in the documented error body, such as `NotFound`; `Unreachable` when no answer came. */
  readonly code: string
  /** Which fields of the input break which rule. */
  readonly issues: NonNullable<Data['issues']>
  /** Machine-readable facts, such as the keys that could not be resolved. */
  readonly details: Readonly<Record<string, unknown>>
  /** Seconds after which the instance wants to be asked again; null when it did not say. */
  readonly retryAfter: number | null

  constructor(error: TRPCClientError<AppRouter>, url: string) {
    const response = responseOf(error)
    const status = error.data?.status ?? response?.status ?? null
    super(messageOf(error, status, url), {
      result: error.shape ? { error: error.shape } : undefined,
      cause: error,
      meta: error.meta,
    })
    // tRPC's constructor makes every instance one of its own class.
    Object.setPrototypeOf(this, KeyferryApiError.prototype)
    this.status = status
    this.code =
      error.data?.error ?? textIn(bodyOf(error), 'error') ?? (status === null ? 'Unreachable' : `Http${status}`)
    this.issues = error.data?.issues ?? []
    this.details = error.data?.details ?? {}
    const asked = response?.headers.get('retry-after')
    this.retryAfter = asked && /^\d+$/.test(asked) ? Number(asked) : null
  }
}

export const isKeyferryError = (error: unknown): error is KeyferryApiError => error instanceof KeyferryApiError

function messageOf(error: TRPCClientError<AppRouter>, status: number | null, url: string): string {
  if (error.shape) return error.message
  if (status === null)
    return error.cause?.name === 'AbortError' ? 'The call was cancelled' : `No answer from ${url}: ${rootOf(error)}`
  const answered =
    status < 400 ? `${url} answered ${status} without JSON: it is no Keyferry instance` : `${url} answered ${status}`
  return textIn(bodyOf(error), 'message') ?? answered
}

/** fetch says only "fetch failed"; why is in the causes, and where several addresses were tried, in the list below. */
function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0])
  return error.cause instanceof Error ? rootOf(error.cause) : error.message
}

/** What was received, also when it was no answer of a procedure: a proxy's page, a rate limit. */
const responseOf = ({ meta }: TRPCClientError<AppRouter>): Response | null =>
  meta?.['response'] instanceof Response ? meta['response'] : null
const bodyOf = ({ meta }: TRPCClientError<AppRouter>): unknown => meta?.['responseJSON']

function textIn(body: unknown, field: string): string | null {
  const value: unknown = body !== null && typeof body === 'object' ? Reflect.get(body, field) : null
  return typeof value === 'string' ? value : null
}
