import { randomBytes } from 'node:crypto'

/** Starts every access token, which tells it from an API key. */
export const ACCESS_TOKEN_PREFIX = 'kfa_'

/** 256 bits at random, as text. */
export const randomToken = (prefix = ''): string => prefix + randomBytes(32).toString('base64url')
