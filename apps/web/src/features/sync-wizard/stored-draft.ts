/** The draft of a tab survives a reload. It holds no value and no credential, so it may. */
import { deletionPolicy, initialSyncBehavior } from '@keyferry/schemas'
import { z } from 'zod'
import { defaultsOf } from '../../lib/forms/form-fields.ts'
import type { Destination } from '../../lib/server/types.ts'
import { EMPTY, type Draft } from './draft.ts'

const keyOf = (projectId: string) => `keyferry.sync-draft.${projectId}`

/** The draft of this tab for a destination: what belonged to another one is dropped, the rest stays. */
export function loadDraft(projectId: string, destination: Destination): Draft {
  const stored = sessionStorage.getItem(keyOf(projectId))
  const draft = stored === null ? EMPTY : readDraft(stored)
  if (draft.destination === destination.name) return draft
  return {
    ...draft,
    destination: destination.name,
    connectionId: '',
    initialSyncBehavior: 'overwrite-destination',
    target: defaultsOf(destination.target.fields),
    isPolicyChosen: false,
    own: defaultsOf(destination.options.fields),
    isNameTyped: false,
  }
}

export const saveDraft = (projectId: string, draft: Draft): void =>
  sessionStorage.setItem(keyOf(projectId), JSON.stringify(draft))

export const dropDraft = (projectId: string): void => sessionStorage.removeItem(keyOf(projectId))

const draftSchema: z.ZodType<Draft> = z.object({
  destination: z.string(),
  environment: z.string(),
  secretPath: z.string(),
  connectionId: z.string(),
  target: z.record(z.string(), z.unknown()),
  initialSyncBehavior,
  keySchema: z.string(),
  deletionPolicy,
  isPolicyChosen: z.boolean(),
  autoSync: z.boolean(),
  own: z.record(z.string(), z.unknown()),
  name: z.string(),
  isNameTyped: z.boolean(),
  description: z.string(),
})

/** What was stored by whatever version of this page, or an empty draft. */
function readDraft(stored: string): Draft {
  try {
    return draftSchema.catch(EMPTY).parse(JSON.parse(stored))
  } catch {
    return EMPTY
  }
}
