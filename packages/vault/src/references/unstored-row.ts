import type { SecretRow } from '../tree/tree.ts'

/** The row of a secret that no store has: where it is, and its value as it is, not sealed. */
export const unstoredRow = (folderId: string, key: string, value = ''): SecretRow => ({
  id: `${folderId} ${key}`,
  folderId,
  key,
  version: 0,
  value,
  comment: '',
  metadata: '',
  blank: 0,
  skipMultilineEncoding: 0,
  isLiteral: 0,
  createdAt: '',
  updatedAt: '',
  updatedBy: '',
})
