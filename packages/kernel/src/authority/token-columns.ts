import type { SealedTable } from '@keyferry/db'

/** Columns that hold the hash of a token, under the authority key. */
export const TOKENS: Partial<Record<SealedTable, string>> = {
  clientSecrets: 'hash',
  accessTokens: 'hash',
  federatedTokens: 'hash',
  invitations: 'tokenHash',
  apikey: 'key',
  // Links for a new password and the like.
  verification: 'identifier',
}
