/**
 * What one request and one project may cost. The defaults; an operator changes them with the variables named in
 * `SETTINGS`.
 */
import { TooLarge } from './errors.ts'

export interface Limits {
  /** Bytes of UTF-8 that one request may resolve, and that one answer may have. */
  answerBytes: number
  /** Days after which an API key ends at the latest. */
  apiKeyDays: number
  project: Quotas
}

/** The most that one project may hold. */
export interface Quotas {
  secrets: number
  /** Bytes of sealed values, comments and metadata, old versions included. */
  bytes: number
  /** Versions kept per secret: of a secret that is written more often, the oldest are removed. */
  versions: number
  folders: number
  imports: number
  tags: number
  syncs: number
}

/**
 * Bytes that one answer may have, and the values that are resolved for one, unless the operator sets another number.
 */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  answerBytes: MAX_ANSWER_BYTES,
  apiKeyDays: 365,
  project: {
    secrets: 100_000,
    bytes: 256 * 1024 * 1024,
    versions: 200,
    folders: 10_000,
    imports: 5_000,
    tags: 1_000,
    syncs: 1_000,
  },
}

/** The variable that sets each limit. */
export const SETTINGS = {
  answerBytes: 'KEYFERRY_MAX_ANSWER_BYTES',
  apiKeyDays: 'KEYFERRY_API_KEY_MAX_DAYS',
  secrets: 'KEYFERRY_MAX_PROJECT_SECRETS',
  bytes: 'KEYFERRY_MAX_PROJECT_BYTES',
  versions: 'KEYFERRY_MAX_SECRET_VERSIONS',
  folders: 'KEYFERRY_MAX_PROJECT_FOLDERS',
  imports: 'KEYFERRY_MAX_PROJECT_IMPORTS',
  tags: 'KEYFERRY_MAX_PROJECT_TAGS',
  syncs: 'KEYFERRY_MAX_PROJECT_SYNCS',
} as const satisfies Record<keyof Omit<Limits, 'project'> | keyof Quotas, `KEYFERRY_${string}`>

/** Takes bytes off what is left for the request; throws `TooLarge` when that is not enough. */
export type Spend = (bytes: number) => void

/** A budget for one request, spent while its answer is built. */
export function budget({ answerBytes }: Pick<Limits, 'answerBytes'>): Spend {
  let left = answerBytes
  return (bytes) => {
    left -= bytes
    if (left >= 0) return
    throw new TooLarge(
      `This needs more than the ${answerBytes} bytes of text that one request may resolve (${SETTINGS.answerBytes}). Ask for less: one folder instead of all below it, a page of it ("limit" and "offset" where the call has them), or without values.`,
      { maxBytes: answerBytes },
    )
  }
}
