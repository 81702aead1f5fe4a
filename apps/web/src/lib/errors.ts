import { TRPCClientError } from '@trpc/client'

interface Issue {
  path: string[]
  message: string
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const dataOf = (error: unknown): Record<string, unknown> =>
  error instanceof TRPCClientError && isRecord(error.data) ? error.data : {}

/** HTTP status of a refusal; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const status = dataOf(error).httpStatus
  return typeof status === 'number' ? status : undefined
}

/** The name of a refusal, such as `PermissionDenied`; undefined when no answer came. */
export function nameOf(error: unknown): string | undefined {
  const name = dataOf(error).error
  return typeof name === 'string' ? name : undefined
}

/** No answer, or none from Keyferry itself. */
export const isOutage = (error: unknown): boolean => error instanceof TRPCClientError && (statusOf(error) ?? 500) >= 500

const toIssue = (value: unknown): Issue[] =>
  isRecord(value) && typeof value.message === 'string' && Array.isArray(value.path)
    ? [{ path: value.path.map(String), message: value.message }]
    : []

/** Which fields the server refused, when it said so. */
export function issuesOf(error: unknown): Issue[] {
  const { issues } = dataOf(error)
  return Array.isArray(issues) ? issues.flatMap(toIssue) : []
}

/** A sentence for a person: what happened, in the server's words when it had some. */
export function messageOf(error: unknown): string {
  if (error instanceof TRPCClientError && statusOf(error) === undefined) {
    return 'The server did not answer. Check that Keyferry is running, then try again.'
  }
  return error instanceof Error && error.message !== '' ? error.message : 'The server answered with an unknown error.'
}
