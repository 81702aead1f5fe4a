/** The steps of the wizard, in order, and what comes out of them. */
import { filled } from '../../lib/form-fields.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'

export const STEPS = [
  { id: 'destination', title: 'Select destination' },
  { id: 'source', title: 'Source' },
  { id: 'target', title: 'Destination' },
  { id: 'initial', title: 'Initial sync behavior' },
  { id: 'options', title: 'Sync options' },
  { id: 'details', title: 'Details' },
  { id: 'review', title: 'Review' },
] as const
export type StepId = (typeof STEPS)[number]['id']

/** What is wrong with one field of the draft. */
export interface Problem {
  path: string
  message: string
}

/** The draft as the API takes it. */
export const toCreate = (projectId: string, draft: Draft, destination: Destination) => ({
  destination: draft.destination,
  projectId,
  name: draft.name.trim(),
  description: draft.description.trim() || null,
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
