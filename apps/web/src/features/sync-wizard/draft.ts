/** What has been chosen so far. It survives a reload; it holds no value and no credential, so it may. */
import { deletionPolicy } from '@keyferry/schemas'
import { z } from 'zod'
import { defaultsOf } from '../../lib/form-fields.ts'
import type { Destination } from '../../lib/types.ts'

const draftSchema = z.object({
  destination: z.string(),
  environment: z.string(),
  secretPath: z.string(),
  connectionId: z.string(),
  destinationConfig: z.record(z.string(), z.unknown()),
  keySchema: z.string(),
  deletionPolicy,
  autoSyncEnabled: z.boolean(),
  /** The destination's own options. */
  own: z.record(z.string(), z.unknown()),
  name: z.string(),
  description: z.string(),
})
export type Draft = z.output<typeof draftSchema>

export const EMPTY: Draft = {
  destination: '',
  environment: '',
  secretPath: '/',
  connectionId: '',
  destinationConfig: {},
  keySchema: '',
  deletionPolicy: 'mirror',
  autoSyncEnabled: true,
  own: {},
  name: '',
  description: '',
}

const keyOf = (projectId: string) => `keyferry.sync-draft.${projectId}`

export function loadDraft(projectId: string): Draft {
  const stored = sessionStorage.getItem(keyOf(projectId))
  if (stored === null) return EMPTY
  try {
    return draftSchema.catch(EMPTY).parse(JSON.parse(stored))
  } catch {
    return EMPTY
  }
}

export const saveDraft = (projectId: string, draft: Draft): void =>
  sessionStorage.setItem(keyOf(projectId), JSON.stringify(draft))

export const dropDraft = (projectId: string): void => sessionStorage.removeItem(keyOf(projectId))

/** The draft after another destination was picked: what belonged to the old one goes, the rest stays. */
export const withDestination = (draft: Draft, destination: Destination): Draft =>
  draft.destination === destination.name
    ? draft
    : {
        ...draft,
        destination: destination.name,
        connectionId: '',
        destinationConfig: defaultsOf(destination.target.fields),
        own: defaultsOf(destination.options.fields),
        name: '',
      }
