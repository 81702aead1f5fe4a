import type { Mention } from '@keyferry/schemas'
import { TRPCClientError } from '@trpc/client'
import { words } from '../words.ts'

interface Issue {
  path: string[]
  message: string
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const dataOf = (error: unknown): Record<string, unknown> =>
  error instanceof TRPCClientError && isRecord(error.data) ? error.data : {}

/** An answer that is not Keyferry's own but, say, of a proxy in front of it. */
export class ForeignAnswer extends Error {
  readonly status: number

  constructor(status: number) {
    super(wordsFor(status))
    this.status = status
  }
}

/** HTTP status of a refusal, of Keyferry or of a proxy in front of it; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const status = dataOf(error).httpStatus
  if (typeof status === 'number') return status
  if (!(error instanceof TRPCClientError)) return undefined
  // Of a batch of calls, tRPC's own error says nothing about the answer.
  if (error.cause instanceof ForeignAnswer) return error.cause.status
  // A proxy may speak JSON, but not as Keyferry does.
  return error.meta?.response instanceof Response ? error.meta.response.status : undefined
}

/**
 * Whether Keyferry refuses to know what an address names: it is not there, its id is none, or it is out of the reader's
 * reach, which is the same answer.
 */
export const isUnknown = (error: unknown): boolean =>
  nameOf(error) !== undefined && [404, 422].includes(statusOf(error) ?? 0)

/** Refusals of Keyferry that the same request may not meet again. */
const PASSING: ReadonlySet<string> = new Set([
  'InternalServerError',
  'RateLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
])

/** Whether the same request may well be answered a moment later: no answer came, or one that says so. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false
  const [name, status] = [nameOf(error), statusOf(error)]
  if (name !== undefined) return PASSING.has(name)
  return status === undefined || status < 400 || status === 429 || status >= 500
}

/** Whether the same request meets the same refusal until somebody changes what its reader may see. */
export const isLasting = (error: unknown): boolean =>
  nameOf(error) !== undefined && [403, 404].includes(statusOf(error) ?? 0)

/** The name of a refusal, such as `PermissionDenied`; undefined when no answer came. */
export function nameOf(error: unknown): string | undefined {
  const name = dataOf(error).error
  return typeof name === 'string' ? name : undefined
}

const toIssue = (value: unknown): Issue[] =>
  isRecord(value) && typeof value.message === 'string' && Array.isArray(value.path)
    ? [{ path: value.path.map(String), message: value.message }]
    : []

/** Which fields the server refused, when it said so. */
export function issuesOf(error: unknown): Issue[] {
  const { issues } = dataOf(error)
  return Array.isArray(issues) ? issues.flatMap(toIssue) : []
}

const isMention = (value: unknown): value is Mention =>
  isRecord(value) &&
  [value.text, value.environment, value.path].every((each) => typeof each === 'string') &&
  ['undefined', 'string'].includes(typeof value.key)

/** The folders and secrets that the server's message names. */
export function mentionsOf(error: unknown): Mention[] {
  const { details } = dataOf(error)
  return isRecord(details) && Array.isArray(details.mentions) ? details.mentions.filter(isMention) : []
}

const NO_ANSWER = words.errors.serverDidNotAnswer

/** For an answer that is not Keyferry's own: a proxy's page has no words for a person. */
function wordsFor(status: number): string {
  if (status === 401) return words.errors.sessionEnded
  if (status === 403) return words.errors.proxyRefused
  if (status === 413) return words.errors.tooLarge
  if (status === 429) return words.errors.tooManyRequests
  return status >= 500 ? words.errors.unreachable(status) : words.errors.noReason(status)
}

/** A sentence for a person: what happened, in the server's words when it had some. */
export function messageOf(error: unknown): string {
  if (error instanceof TRPCClientError && nameOf(error) === undefined) {
    const status = statusOf(error)
    return status === undefined || status < 400 ? NO_ANSWER : wordsFor(status)
  }
  // Keyferry's own words for it are for programs, which have tokens.
  if (error instanceof TRPCClientError && statusOf(error) === 401) return wordsFor(401)
  // As `fetch` fails where nothing answers.
  if (error instanceof TypeError) return NO_ANSWER
  return error instanceof Error && error.message !== '' ? error.message : words.errors.unknown
}
