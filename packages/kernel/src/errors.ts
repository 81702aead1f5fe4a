import type { ErrorCode, SecretProblemCode } from '@keyferry/schemas'
import {
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  MAX_PROBLEM_BYTES,
  named,
  shortened,
  shortIssues,
  type Issue,
} from './short-text.ts'

/**
 * What can go wrong, one class per answer. A message names the thing and the remedy and is safe to show: it never
 * carries a secret value or a credential. Whatever is not one of these is a bug and reaches nobody's screen.
 */
export abstract class KeyferryError extends Error {
  abstract readonly status: number
  /** The name in the documented error body. */
  abstract readonly code: ErrorCode
  /** Machine-readable facts about the failure, without values. */
  readonly details: Record<string, unknown> | undefined

  constructor(message: string, details?: Record<string, unknown>) {
    super(shortened(message, MAX_MESSAGE_BYTES))
    this.name = new.target.name
    this.details = details
  }
}

/** The request can't be carried out as it stands: a rule is broken, a name is taken, a thing is in use. */
export class BadRequest extends KeyferryError {
  readonly status = 400
  readonly code = 'BadRequest'
}

export class NotFound extends KeyferryError {
  readonly status = 404
  readonly code = 'NotFound'
}

/**
 * What a call names is not there, or its caller may not know that it is: one answer for both, and a refusal for the
 * audit log.
 */
export class OutOfReach extends NotFound {}

/** The thing was changed since the caller read it. */
export class Conflict extends KeyferryError {
  readonly status = 409
  readonly code = 'Conflict'
}

export class Unauthorized extends KeyferryError {
  readonly status = 401
  readonly code = 'UnauthorizedError'
}

export class Forbidden extends KeyferryError {
  readonly status = 403
  readonly code = 'PermissionDenied'
}

/** The request is for another host: its `Host` header is not one that this process answers to. */
export class MisdirectedRequest extends KeyferryError {
  readonly status = 421
  readonly code = 'MisdirectedRequest'
}

/** `OIDC_ONLY`: passwords and what belongs to them are switched off. */
export class OnlyByProvider extends KeyferryError {
  readonly status = 403
  readonly code = 'OnlyByProvider'

  constructor() {
    super('Passwords are switched off on this instance. Sign in with your organization.')
  }
}

/** The instance's policy: until a second factor is set up, nothing else is allowed. */
export class SecondFactorRequired extends KeyferryError {
  readonly status = 403
  readonly code = 'SecondFactorRequired'

  constructor() {
    super('This instance requires a second factor. Set one up under "Your account" in the console first.')
  }
}

/** Too many requests; the same one may succeed in `seconds`. */
export class TooManyRequests extends KeyferryError {
  readonly status = 429
  readonly code = 'RateLimitExceeded'

  constructor(seconds: number, what = 'Too many attempts') {
    super(`${what}; wait ${seconds} s`, { retryAt: new Date(Date.now() + seconds * 1000).toISOString() })
  }
}

/** The result is larger than one answer may be; the message names the limit and how to request less. */
export class TooLarge extends KeyferryError {
  readonly status = 413
  readonly code = 'PayloadTooLarge'
}

/** Keyferry itself cannot do it just now; the same request may succeed soon. */
export class Unavailable extends KeyferryError {
  readonly status = 503
  readonly code = 'ServiceUnavailable'
}

/** A project has as much of something as it may have. */
export class QuotaExceeded extends KeyferryError {
  readonly status = 400
  readonly code = 'QuotaExceeded'

  /** `what`: such as `secrets`. `present`: how many there are. `remedy`: a sentence. */
  constructor(
    what: string,
    quota: { limit: number; present: number; adding: number; setting: string },
    remedy: string,
  ) {
    const { limit, present, adding, setting } = quota
    super(
      `This project may have ${limit} ${what} (${setting}). It has ${present}, and this would add ${adding}. ${remedy}`,
      { quota: what, ...quota },
    )
  }
}

/** The store lacks what only a change from outside can have taken away. Nothing can continue with it as it is. */
export class IntegrityBroken extends KeyferryError {
  readonly status = 503
  readonly code = 'IntegrityFailure'
}

/**
 * A newer version of Keyferry brought the store up to date: this process may serve, and must not re-encrypt or remove
 * what it does not know.
 */
export class StoreTooNew extends Unavailable {
  constructor(migration: string) {
    super(
      `The store was brought to "${migration}" by a newer version of Keyferry, so this version does not re-encrypt, prune or delete anything. Run that version. Nothing was changed.`,
    )
  }
}

/**
 * A field of the input breaks its rule, found only after its schema passed (for example by a destination's own schema).
 */
export class Invalid extends KeyferryError {
  readonly status = 422
  readonly code = 'ValidationFailure'
  /** The first of them, as many as fit into an answer. */
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    const shown = shortIssues(issues)
    super(shown.message)
    this.issues = shown.issues
  }
}

/** Why one secret can't be sent. */
export interface SecretProblem {
  key: string
  reason: string
  code: SecretProblemCode
}

/** Secrets of a folder that can't be sent, and why. None of the folder's secrets may leave. */
export class Unresolvable extends KeyferryError {
  readonly status = 400
  readonly code = 'BadRequest'
  /** All of them, each with a short text. */
  readonly problems: readonly SecretProblem[]

  constructor(problems: readonly SecretProblem[]) {
    const secrets = problems.length === 1 ? 'secret' : 'secrets'
    super(
      `${problems.length} ${secrets} cannot be resolved: ${named(problems, ({ key, reason }) => `${key} (${reason})`)}`,
    )
    this.problems = problems.map(({ key, reason, code }) => ({
      key: shortened(key, MAX_NAME_BYTES),
      reason: shortened(reason, MAX_PROBLEM_BYTES),
      code,
    }))
  }
}
