/** What has been chosen so far. It survives a reload; it holds no value and no credential, so it may. */
import { defaultsOf, type Values } from '../../lib/form-fields.ts'
import type { DeletionPolicy, Destination, InitialSyncBehavior } from '../../lib/types.ts'
import { loadChecks } from './load-checks.ts'

export interface Draft {
  destination: string
  environment: string
  secretPath: string
  connectionId: string
  target: Values
  initialSyncBehavior: InitialSyncBehavior
  keySchema: string
  deletionPolicy: DeletionPolicy
  autoSync: boolean
  /** The destination's own options. */
  own: Values
  name: string
  description: string
}

export const EMPTY: Draft = {
  destination: '',
  environment: '',
  secretPath: '/',
  connectionId: '',
  target: {},
  initialSyncBehavior: 'overwrite-destination',
  keySchema: '',
  deletionPolicy: 'mirror',
  autoSync: true,
  own: {},
  name: '',
  description: '',
}

const keyOf = (projectId: string) => `keyferry.sync-draft.${projectId}`

export async function loadDraft(projectId: string): Promise<Draft> {
  const stored = sessionStorage.getItem(keyOf(projectId))
  if (stored === null) return EMPTY
  const { readDraft } = await loadChecks()
  return readDraft(stored)
}

export const saveDraft = (projectId: string, draft: Draft): void =>
  sessionStorage.setItem(keyOf(projectId), JSON.stringify(draft))

export const dropDraft = (projectId: string): void => sessionStorage.removeItem(keyOf(projectId))

/** The draft after another destination was picked: what belonged to the old one is dropped, the rest stays. */
export const withDestination = (draft: Draft, destination: Destination): Draft =>
  draft.destination === destination.name
    ? draft
    : {
        ...draft,
        destination: destination.name,
        connectionId: '',
        initialSyncBehavior: 'overwrite-destination',
        target: defaultsOf(destination.target.fields),
        own: defaultsOf(destination.options.fields),
        name: '',
      }
