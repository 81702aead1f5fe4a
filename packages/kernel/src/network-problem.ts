import { certificateProblem } from '@keyferry/schemas/certificate-problem'
import { errors } from 'undici'
import { ClosedHost } from './network.ts'

const REASONS = new Map([
  ['ENOTFOUND', 'the name does not resolve'],
  ['EAI_AGAIN', 'the name could not be resolved just now'],
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'the connection was cut'],
  ['UND_ERR_SOCKET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['ETIMEDOUT', 'no answer in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no answer in time'],
  ['HTTPParserError', 'the answer is not HTTP'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'the answer has another length than it says'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'the answer is too large'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the headers of the answer are too large'],
  ['EHOSTUNREACH', 'the host is unreachable'],
  ['ENETUNREACH', 'the network is unreachable'],
])

/**
 * Why `host` gave no answer, in words for people; null for an error that is not the network's. The system's own message
 * is left out: it is not ours to vouch for.
 */
export function networkProblem(host: string, error: unknown, timedOutMs: number | null): string | null {
  if (error instanceof ClosedHost) return error.message
  if (timedOutMs !== null) return `${host} gave no answer within ${timedOutMs / 1000} s`
  const code = codeOf(error)
  if (code === null) return null
  return `Can't reach ${host}: ${certificateProblem(error) ?? REASONS.get(code) ?? `network problem ${code}`}`
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  // undici 8 leaves its code out.
  return error instanceof errors.HTTPParserError ? error.name : null
}
