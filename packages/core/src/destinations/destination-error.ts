/**
 * - `auth`: the credential is wrong or lacks a right; a person has to act.
 * - `missing`: the target itself (project, environment, organization) is not there; a person has to act.
 * - `absent`: this key, or the document, is not there. Of a delete it means done.
 * - `conflict`: somebody else wrote in between, or holds the name; looking again tells.
 * - `rejected`: the vendor refuses this key or request; the same request will be refused again.
 * - `throttled`: too many calls, past what waiting could settle in this run.
 * - `unavailable`: no clear answer (network, time-out, 5xx); worth another try later.
 */
export type DestinationErrorKind = 'auth' | 'missing' | 'absent' | 'conflict' | 'rejected' | 'throttled' | 'unavailable'

/** A vendor's refusal or failure. The message names what and the remedy; it never carries a value or a credential. */
export class DestinationError extends Error {
  readonly kind: DestinationErrorKind
  readonly status: number | null
  /** What the destination made of the answer, in a word of its own; null where the kind says enough. */
  readonly code: string | null
  /** `throttled`: when the vendor said to come back. */
  readonly retryAt: Date | null

  constructor(
    kind: DestinationErrorKind,
    message: string,
    extra: { status?: number; code?: string | null; retryAt?: Date; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'DestinationError'
    this.kind = kind
    this.status = extra.status ?? null
    this.code = extra.code ?? null
    this.retryAt = extra.retryAt ?? null
  }
}

/** The credential, a target that is gone, and throttling past all waiting: every other change would meet the same. */
export const concernsTarget = ({ kind }: DestinationError): boolean =>
  kind === 'auth' || kind === 'missing' || kind === 'throttled'
