/** Refusals: what is answered, and what is logged. */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { MAX_MESSAGE_BYTES, shortened } from '@keyferry/kernel'
import type { ErrorCode } from '@keyferry/schemas'
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify'
import { writeErrorBody } from '../infisical/error-body.ts'
import { CLOSED, failureOf, type Failure } from '../trpc/errors.ts'

/** Answers what was thrown, and logs it where it is a bug. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(thrown)
  const shown = failure === CLOSED ? (ofFramework(thrown) ?? CLOSED) : failure
  if (shown === CLOSED && !isUnread(thrown, reply)) logBug(request.log, thrown, { route: request.routeOptions.url })
  return sendFailure(shown, request, reply)
}

/** A large answer is a stream, which closes early when the client left: nothing failed. */
const isUnread = (thrown: unknown, { raw }: FastifyReply): boolean =>
  raw.destroyed && thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE'

/** Answers a refusal, with `Retry-After` where waiting helps. */
export function sendFailure(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A framework's own words repeat the address.
  const message = shortened(failure.message, MAX_MESSAGE_BYTES)
  const seconds = secondsUntil(failure)
  if (seconds !== null) reply.header('retry-after', String(seconds))
  return reply.code(failure.status).send(writeErrorBody(request.id, message, failure))
}

/** Seconds after which the same request may succeed; null when waiting does not help. */
export function secondsUntil({ status, details }: Failure): number | null {
  const retryAt = details?.retryAt
  if (typeof retryAt === 'string') return Math.max(1, Math.ceil((Date.parse(retryAt) - Date.now()) / 1000))
  return status === 503 ? 1 : null
}

/** Answers what is no HTTP at all, or takes too long to become some: there is no request yet, only its connection. */
export function refuseBroken(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const [status, name, message] = BROKEN.get(error.code) ?? [400, 'BadRequest', 'This is not an HTTP request']
  const body = JSON.stringify(writeErrorBody(randomUUID(), message, { status, error: name, message }))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Type: application/json',
    'Cache-Control: no-store',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const BROKEN = new Map<string, [status: number, name: ErrorCode, message: string]>([
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'RequestTimeout', 'The request took too long to arrive']],
  ['HPE_HEADER_OVERFLOW', [431, 'HeadersTooLarge', 'The address and headers may have 16 KiB together']],
])

/**
 * A failure that nobody outside may read; the log keeps of it what holds no row. Never its request: a body may hold
 * secrets.
 */
export function logBug(log: { error(fields: object, message: string): void }, thrown: unknown, where: object): void {
  const root = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  log.error({ ...where, err: root }, 'request failed')
}

const NAMES = new Map<number, ErrorCode>([
  [400, 'BadRequest'],
  [401, 'UnauthorizedError'],
  [403, 'ForbiddenError'],
  [404, 'NotFound'],
  [413, 'PayloadTooLarge'],
  [415, 'UnsupportedMediaType'],
  [429, 'RateLimitExceeded'],
])

/** What Fastify itself refuses: a body that is not JSON, too large or of another type, a broken URL. */
function ofFramework(thrown: unknown): Failure | null {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return null
  const { statusCode: status, message } = thrown
  if (typeof status !== 'number' || status < 400 || status > 499) return null
  return { status, error: nameOf(status), message }
}

/** The name of a refusal that Keyferry did not make. */
export const nameOf = (status: number): ErrorCode => NAMES.get(status) ?? 'BadRequest'
