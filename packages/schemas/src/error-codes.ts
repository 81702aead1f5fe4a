/**
 * The codes of refusals: stable names for programs, in `error` of a REST answer and in `data.error` over tRPC.
 * docs/errors.md lists them.
 */
export const ERROR_CODES = {
  BadRequest: {
    status: 400,
    meaning: 'The request can’t be carried out as it stands; the message names the rule and the remedy',
  },
  QuotaExceeded: {
    status: 400,
    meaning: 'The project has as much of something as it may have; `details` has the quota',
  },
  UnauthorizedError: { status: 401, meaning: 'No credential, or one that is no longer valid' },
  PermissionDenied: { status: 403, meaning: 'The caller isn’t allowed to do this; `details` lists what was denied' },
  ForbiddenError: { status: 403, meaning: 'The request was refused before it was read' },
  OnlyByProvider: { status: 403, meaning: 'Passwords are switched off; sign in with the OpenID provider' },
  SecondFactorRequired: {
    status: 403,
    meaning: 'The instance requires a second factor, which this account has not set up',
  },
  NotFound: { status: 404, meaning: 'It doesn’t exist, or the caller has no access to it' },
  RequestTimeout: { status: 408, meaning: 'The request took too long to arrive' },
  Conflict: { status: 409, meaning: 'It was changed since the caller read it; read it again and decide' },
  PayloadTooLarge: {
    status: 413,
    meaning: 'The request or its answer is larger than the limit; the message names the limit',
  },
  UnsupportedMediaType: { status: 415, meaning: 'The body isn’t of a type that is read here; send JSON' },
  MisdirectedRequest: { status: 421, meaning: 'The request is for a host that this instance doesn’t answer to' },
  ValidationFailure: { status: 422, meaning: 'A field breaks its rule; `message` lists the issues with their paths' },
  RateLimitExceeded: { status: 429, meaning: 'Too many requests; `Retry-After` says when to try again' },
  HeadersTooLarge: { status: 431, meaning: 'The address and the headers are longer than 16 KiB' },
  InternalServerError: { status: 500, meaning: 'A bug; the server log has the details under the request ID' },
  ServiceUnavailable: { status: 503, meaning: 'Keyferry can’t do it just now; try again' },
  IntegrityFailure: {
    status: 503,
    meaning: 'The store lacks rows or contains rows that Keyferry did not write',
  },
} as const

export type ErrorCode = keyof typeof ERROR_CODES
