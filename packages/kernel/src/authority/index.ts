/** Seals that show what was changed in the store by hand. */
export { AUTHORITY } from './authority-key.ts'
export { checkSecrets, headedFolders, headSealedAs, makeHead, moveHead } from './folder-head.ts'
export { carryMarks } from './freshness.ts'
export { insertOrganization } from './insert-organization.ts'
export { readSetting } from './instance-settings.ts'
export { openAuthority, type Opened } from './open-authority.ts'
export { TOKENS } from './token-columns.ts'
export { verifyStore } from './verify-store.ts'
