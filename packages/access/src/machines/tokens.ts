import { randomBytes } from 'node:crypto'

/** Starts an access token that a client secret was good for, which tells it from an API key. */
export const ACCESS_TOKEN_PREFIX = 'kfa_'

/** Starts one that the token of an issuer was good for. */
export const FEDERATED_TOKEN_PREFIX = 'kff_'

/** By its prefix; whether it is valid, the store says. */
export const isAccessToken = (token: string): boolean =>
  token.startsWith(ACCESS_TOKEN_PREFIX) || token.startsWith(FEDERATED_TOKEN_PREFIX)

/** 256 bits at random, as text. */
export const randomToken = (prefix = ''): string => prefix + randomBytes(32).toString('base64url')
