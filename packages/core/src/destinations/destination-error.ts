import type { DestinationErrorKind } from '@keyferry/schemas'

/** A vendor's refusal or failure. The message names what and the remedy; it never carries a value or a credential. */
export class DestinationError extends Error {
  readonly kind: DestinationErrorKind
  readonly status: number | null
  /** What the destination made of the answer, in a word of its own; null where the kind says enough. */
  readonly code: string | null
  /** `throttled`: when the vendor said to come back. */
  readonly retryAt: Date | null
  /** Whether an earlier try of the same call may have landed: its answer was lost. */
  mayHaveLanded = false

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

/** The provider answered that it did nothing. */
export const hadNoEffect = ({ kind, status, mayHaveLanded }: DestinationError): boolean =>
  !mayHaveLanded && kind !== 'unavailable' && status !== null && status >= 400 && status < 500
