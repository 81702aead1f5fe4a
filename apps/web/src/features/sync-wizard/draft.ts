/** What has been chosen of a sync so far. */
import { filled, type Values } from '../../lib/forms/form-fields.ts'
import type { DeletionPolicy, Destination, InitialSyncBehavior } from '../../lib/server/types.ts'

export interface Draft {
  destination: string
  environment: string
  secretPath: string
  connectionId: string
  target: Values
  initialSyncBehavior: InitialSyncBehavior
  keySchema: string
  deletionPolicy: DeletionPolicy
  /** A person chose the policy: the default of the place no longer counts. */
  isPolicyChosen: boolean
  autoSync: boolean
  /** The destination's own options. */
  own: Values
  name: string
  /** A person typed the name: it no longer follows the target. */
  isNameTyped: boolean
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
  isPolicyChosen: false,
  autoSync: true,
  own: {},
  name: '',
  isNameTyped: false,
  description: '',
}

/** What a plan depends on, as the API takes it. */
export const toPreview = (projectId: string, draft: Draft, destination: Destination) => ({
  destination: draft.destination,
  projectId,
  connectionId: draft.connectionId,
  environment: draft.environment,
  secretPath: draft.secretPath,
  autoSync: draft.autoSync,
  options: {
    initialSyncBehavior: draft.initialSyncBehavior,
    deletionPolicy: draft.deletionPolicy,
    ...(draft.keySchema.trim() === '' ? {} : { keySchema: draft.keySchema.trim() }),
    ...filled(destination.options.fields, draft.own),
  },
  target: filled(destination.target.fields, draft.target),
})

/** The whole draft as the API takes it. */
export const toCreate = (projectId: string, draft: Draft, destination: Destination) => ({
  ...toPreview(projectId, draft, destination),
  name: draft.name.trim(),
  description: draft.description.trim() || null,
})
