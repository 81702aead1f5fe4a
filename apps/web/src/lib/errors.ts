import { TRPCClientError } from '@trpc/client'

interface Issue {
  path: string[]
  message: string
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const dataOf = (error: unknown): Record<string, unknown> =>
  error instanceof TRPCClientError && isRecord(error.data) ? error.data : {}

/** HTTP status of a refusal, of Keyferry or of a proxy in front of it; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const status = dataOf(error).httpStatus
  if (typeof status === 'number') return status
  const response = error instanceof TRPCClientError ? error.meta?.response : undefined
  return response instanceof Response ? response.status : undefined
}

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

const NO_ANSWER = 'The server did not answer. Check that Keyferry is running, then try again.'

/** For an answer that is not Keyferry's own: a proxy's page has no words for a person. */
function wordsFor(status: number): string {
  if (status === 401) return 'Your session ended. Sign in again.'
  if (status === 403) return 'A proxy in front of Keyferry refused this (403). Ask who runs it.'
  if (status === 413) return 'This is too large for the server or a proxy in front of it (413). Send less at once.'
  if (status === 429) return 'Too many requests (429). Wait a moment, then try again.'
  return status >= 500
    ? `Keyferry can’t be reached: the server answered ${status}. Try again in a moment.`
    : `The server answered ${status} without a reason. Try again.`
}

/** A sentence for a person: what happened, in the server's words when it had some. */
export function messageOf(error: unknown): string {
  if (error instanceof TRPCClientError && nameOf(error) === undefined) {
    const status = statusOf(error)
    return status === undefined || status < 400 ? NO_ANSWER : wordsFor(status)
  }
  // As `fetch` fails where nothing answers.
  if (error instanceof TypeError) return NO_ANSWER
  return error instanceof Error && error.message !== '' ? error.message : 'The server answered with an unknown error.'
}
