/** One request on the wire: proved, checked against lease and network, timed, and counted. */
import { NO_TRACING } from '@keyferry/kernel'
import { agentOf, refuseClosed } from '@keyferry/kernel/network'
import { withoutTrailingSlashes } from '@keyferry/schemas'
import { DestinationError } from '../../destination-error.ts'
import type { HttpOptions, HttpRequest } from './http.ts'
import { networkError } from './network-errors.ts'
import { readAnswer, type RawAnswer } from './responses.ts'

export interface Sent {
  raw: RawAnswer
  /** The headers that proved the credential. */
  proof: Record<string, string>
}

export interface Wire {
  /** Throws `DestinationError` only for an answer that never came. */
  send(base: URL, request: HttpRequest): Promise<Sent>
  /** The host stopped answering: nothing more is tried. */
  isDown(base: URL): boolean
  calls(): number
}

/**
 * After this many rounds of failures with no answer between, the host is down: the rest of a thousand calls is not
 * tried.
 */
const GIVE_UP_AFTER = 4

/** A compressed answer would not be understood. */
const USUAL_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'Keyferry' }

export function createWire(options: HttpOptions): Wire {
  const { network, signal, timeoutMs = 30_000, tracing = NO_TRACING } = options
  const failures = new Map<string, { rounds: number; last: number }>()
  let calls = 0

  /** Calls that were already flying at the last failure failed with it: a cut of 200 connections is one failure. */
  const noteFailure = (base: URL, sentAt: number): void => {
    const { rounds, last } = failures.get(base.host) ?? { rounds: 0, last: 0 }
    if (sentAt > last) failures.set(base.host, { rounds: rounds + 1, last: performance.now() })
  }
  const isDown = (base: URL): boolean => (failures.get(base.host)?.rounds ?? 0) >= GIVE_UP_AFTER

  return {
    isDown,
    calls: () => calls,
    async send(base, request) {
      if (isDown(base)) {
        throw new DestinationError('unavailable', `${base.host} stopped answering, so this was not tried`)
      }
      const path = withoutTrailingSlashes(base.pathname) + request.path
      const [type, body] = encoded(request)
      const plain = { ...USUAL_HEADERS, ...type, ...request.headers }
      const proof = await request.authorization?.headers({
        method: request.method,
        url: new URL(path, base.origin),
        headers: { ...plain, host: base.host },
        body: body ?? '',
      })
      await options.guard?.()
      signal.throwIfAborted()
      request.cancel?.throwIfAborted()
      const sentAt = performance.now()
      const deadline = AbortSignal.timeout(timeoutMs)
      let answered = false
      // Paths hold the names of keys.
      const attributes = { 'http.request.method': request.method, 'server.address': base.hostname }
      const span = tracing.begin(`${request.method} provider`, { kind: 'client', attributes })
      try {
        refuseClosed(network, base)
        calls += 1
        const answer = await agentOf(network, { ca: options.ca }).request({
          origin: base.origin,
          path,
          method: request.method,
          headers: { ...plain, ...proof },
          body,
          signal: AbortSignal.any([signal, deadline]),
        })
        const text = await answer.body.text()
        answered = true
        span.set({ 'http.response.status_code': answer.statusCode })
        span.end(answer.statusCode >= 400 ? String(answer.statusCode) : undefined)
        options.onAnswer?.(answer.statusCode)
        if (answer.statusCode >= 500) noteFailure(base, sentAt)
        else failures.delete(base.host)
        const raw = readAnswer({ status: answer.statusCode, headers: headersOf(answer.headers), text })
        return { raw, proof: proof ?? {} }
      } catch (error) {
        if (!answered) {
          options.onAnswer?.(null)
          span.end('no answer')
        }
        signal.throwIfAborted()
        noteFailure(base, sentAt)
        throw networkError(base.host, error, deadline.aborted ? timeoutMs : null)
      }
    },
  }
}

/** The header of the body's type, and the body as it is sent. */
function encoded({ body, contentType }: HttpRequest): [type: Record<string, string>, body: string | null] {
  if (body === undefined) return [{}, null]
  if (body instanceof URLSearchParams) {
    return [{ 'content-type': contentType ?? 'application/x-www-form-urlencoded' }, body.toString()]
  }
  return [{ 'content-type': contentType ?? 'application/json' }, JSON.stringify(body)]
}

function headersOf(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one)
  }
  return headers
}
