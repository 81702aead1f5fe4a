/** One table from what verbs throw to what both edges, tRPC and REST, answer. Whatever is not in it is closed. */
import { DestinationError } from '@keyferry/core/destinations'
import { changedMeanwhile, few, Invalid, KeyferryError, shortIssues, unavailable, Unresolvable } from '@keyferry/kernel'
import type { ErrorCode } from '@keyferry/schemas'
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { ZodError } from 'zod'

/** A failure as it may be shown. */
export interface Failure {
  status: number
  /** The name in the documented error body. */
  error: ErrorCode
  message: string
  issues?: readonly { path: readonly PropertyKey[]; message: string }[]
  details?: Record<string, unknown>
}

export const CLOSED: Failure = { status: 500, error: 'InternalServerError', message: 'Something went wrong' }

const CODES = new Map<number, TRPC_ERROR_CODE_KEY>([
  [400, 'BAD_REQUEST'],
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [405, 'METHOD_NOT_SUPPORTED'],
  [409, 'CONFLICT'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [422, 'UNPROCESSABLE_CONTENT'],
  [429, 'TOO_MANY_REQUESTS'],
  [503, 'SERVICE_UNAVAILABLE'],
])
const NAMES = new Map<number, ErrorCode>([
  [404, 'NotFound'],
  [409, 'Conflict'],
  [503, 'ServiceUnavailable'],
])
const STATUSES = new Map([...CODES].map(([status, code]) => [code, status]))

/** The failure behind `thrown`, or `CLOSED` when it is not one that people should read. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof KeyferryError) return ofVerb(thrown)
  if (thrown instanceof DestinationError) {
    // Everything a vendor refuses or fails at is, to our caller, a request that cannot be carried out as it stands.
    const throttled = thrown.kind === 'throttled'
    const details = { kind: thrown.kind, ...(thrown.retryAt ? { retryAt: thrown.retryAt.toISOString() } : {}) }
    return {
      status: throttled ? 429 : 400,
      error: throttled ? 'RateLimitExceeded' : 'BadRequest',
      message: thrown.message,
      details,
    }
  }
  if (thrown instanceof ZodError) return ofInput(thrown)
  if (thrown instanceof TRPCError) return ofTrpc(thrown)
  const known = changedMeanwhile(thrown) ?? unavailable(thrown)
  return known ? ofVerb(known) : CLOSED
}

/** The same failure as a tRPC error, for the middleware all procedures share. */
export function toTrpcError(error: TRPCError): TRPCError {
  const failure = failureOf(error)
  if (failure === CLOSED) return error
  return new TRPCError({
    code: CODES.get(failure.status) ?? 'BAD_REQUEST',
    message: failure.message,
    cause: error.cause,
  })
}

function ofVerb(error: KeyferryError): Failure {
  const { status, code, message, details } = error
  const failure = { status, error: code, message, ...(details ? { details } : {}) }
  if (error instanceof Invalid) return { ...failure, issues: error.issues }
  if (error instanceof Unresolvable) return { ...failure, details: { ...details, problems: few(error.problems) } }
  return failure
}

function ofInput(error: ZodError): Failure {
  const { message, issues } = shortIssues(error.issues)
  return { status: 422, error: 'ValidationFailure', message, issues }
}

function ofTrpc(error: TRPCError): Failure {
  // An output that breaks its own schema carries a ZodError as well, and is our bug, not the caller's.
  if (error.code === 'INTERNAL_SERVER_ERROR') {
    const { cause } = error
    if (isDataException(cause)) {
      return {
        status: 400,
        error: 'BadRequest',
        message: 'The input contains a character or a number that can’t be stored',
      }
    }
    return failureOf(cause instanceof TRPCError || cause instanceof ZodError ? undefined : cause)
  }
  if (
    error.cause instanceof ZodError ||
    error.cause instanceof KeyferryError ||
    error.cause instanceof DestinationError
  ) {
    return failureOf(error.cause)
  }
  // Its own words repeat a part of what was sent, which may be a secret.
  if (error.cause instanceof SyntaxError)
    return { status: 400, error: 'BadRequest', message: 'What was sent is not valid JSON' }
  const status = STATUSES.get(error.code) ?? 400
  return { status, error: NAMES.get(status) ?? 'BadRequest', message: error.message }
}

/** Postgres refuses, among others, a NUL character in text and a number past its column's range: SQLSTATE class 22. */
const isDataException = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && /^22[0-9A-Z]{3}$/.test(thrown.code)
