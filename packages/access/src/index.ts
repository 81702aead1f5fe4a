/** Who may do what: requirements, verbs and grants. */
export { edgesFrom } from './grants/edges.ts'
export { readAccess } from './grants/grants.ts'
export {
  asSeen,
  hideValue,
  hideValues,
  inReach,
  knownConnection,
  knownConnections,
  knownEnvironments,
  knownProjects,
  secretMissing,
} from './grants/hide.ts'
export { placesOf, reachedFrom, reachOf } from './grants/reach.ts'
export { storeScopes } from './grants/scopes.ts'
export { endSessions } from './people/end-sessions.ts'
export { authorize, refusal } from './policy/authorize.ts'
export {
  connectionAt,
  folder,
  INSTANCE,
  may,
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
