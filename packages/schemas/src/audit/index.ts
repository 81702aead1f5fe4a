/** Every action of the audit log, with its words. A new one is added in the file of its subject. */
import type { ActionWords } from './action-words.ts'
import { CONNECTION_ACTIONS } from './connections.ts'
import { ENVIRONMENT_ACTIONS } from './environments.ts'
import { FOLDER_ACTIONS } from './folders.ts'
import { INSTANCE_ACTIONS } from './instance.ts'
import { MACHINE_ACTIONS } from './machines.ts'
import { PEOPLE_ACTIONS } from './people.ts'
import { PROJECT_ACTIONS } from './projects.ts'
import { SECRET_ACTIONS } from './secrets.ts'
import { SIGN_IN_ACTIONS } from './sign-in.ts'
import { SYNC_ACTIONS } from './syncs.ts'
import type { Details, Sentence } from './sentence.ts'

export { ABOUT, type About } from './action-words.ts'
export { plain, plainPart, type Details, type Part, type Sentence } from './sentence.ts'

const actions = {
  ...SECRET_ACTIONS,
  ...FOLDER_ACTIONS,
  ...ENVIRONMENT_ACTIONS,
  ...SYNC_ACTIONS,
  ...CONNECTION_ACTIONS,
  ...SIGN_IN_ACTIONS,
  ...PEOPLE_ACTIONS,
  ...MACHINE_ACTIONS,
  ...PROJECT_ACTIONS,
  ...INSTANCE_ACTIONS,
}
export type AuditAction = keyof typeof actions

export const AUDIT_ACTIONS: Readonly<Record<AuditAction, ActionWords>> = actions

const isKnown = (action: string): action is AuditAction => Object.hasOwn(AUDIT_ACTIONS, action)

/** What a row says after the name of its actor. An action of another version is named as it is stored. */
export const sentenceOf = (action: string, details: Details): Sentence =>
  isKnown(action) ? AUDIT_ACTIONS[action].say(details) : [`did “${action}”`]

/** What a filter calls an action. One of another version is named as it is stored. */
export const labelOf = (action: string): string => (isKnown(action) ? AUDIT_ACTIONS[action].label : action)
