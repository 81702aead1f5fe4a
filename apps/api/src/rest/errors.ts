/** Infisical's error body: `{reqId, statusCode, message, error, details?}`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CLOSED, failureOf, type Failure } from '../trpc/errors.ts'

export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(thrown)
  const shown = failure === CLOSED ? (ofFramework(thrown) ?? CLOSED) : failure
  if (shown === CLOSED) logBug(request.log, thrown, { reqId: request.id, route: request.routeOptions.url })
  return sendFailure(shown, request, reply)
}

export function sendFailure(
  { status, error, message, issues, details }: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const retryAt = details?.retryAt
  if (typeof retryAt === 'string')
    reply.header('retry-after', Math.max(1, Math.ceil((Date.parse(retryAt) - Date.now()) / 1000)))
  if (status === 503) reply.header('retry-after', '1')
  return reply.code(status).send({
    reqId: request.id,
    statusCode: status,
    // Infisical answers the list of issues here; `details.summary` is the same for people.
    message: issues ?? message,
    error,
    ...(issues ? { details: { ...details, summary: message } } : details ? { details: details.denied ?? details } : {}),
  })
}

/** A failure that nobody outside may read. Never its request: a body may hold secrets. */
export function logBug(log: { error(fields: object, message: string): void }, thrown: unknown, where: object): void {
  const root = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  const seen =
    root instanceof Error ? { type: root.name, message: root.message, stack: root.stack } : { type: typeof root }
  log.error({ ...where, err: seen }, 'request failed')
}

const NAMES = new Map([
  [400, 'BadRequest'],
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
  return { status, error: NAMES.get(status) ?? 'BadRequest', message }
}
