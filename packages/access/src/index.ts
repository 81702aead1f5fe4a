/** Permissions: requirements, verbs and grants. */
export { referencesFrom } from './grants/references-from.ts'
export { readAccess } from './grants/grants.ts'
export {
  withAllowedValues,
  redactValue,
  redactValues,
  filterReadable,
  withReadableProjects,
  readableConnections,
  withReadableEnvironments,
  readableProjects,
  secretMissing,
} from './grants/redact.ts'
export { folderLinks, placesOf, reachableFolderIds } from './grants/reachable-folders.ts'
export { storeScopes } from './grants/scopes.ts'
export { endSessions } from './people/end-sessions.ts'
export { usersOf } from './people/users.ts'
export { authorize, refusal } from './policy/authorize.ts'
export {
  connectionAt,
  folder,
  INSTANCE,
  requirement,
  project,
  RUNS_INSTANCE,
  SIGNED_IN,
  syncAt,
  type FolderName,
  type NewPlace,
  type Requirement,
  type Requirements,
  type Where,
} from './policy/requirement.ts'
export { resolve } from './policy/resolve.ts'
export { defineVerb, perform, verbsWith, type Call, type InputOf, type Verb } from './policy/verb.ts'
