import { createHash, randomBytes } from 'node:crypto'

/** Starts every access token, so that it is told from an API key. */
export const ACCESS_TOKEN_PREFIX = 'kfa_'

/** 256 bits at random, as text. */
export const randomToken = (prefix = ''): string => prefix + randomBytes(32).toString('base64url')

/** What is kept of a random token. It cannot be guessed, so it needs no slow hash. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
