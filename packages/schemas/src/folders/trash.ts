import { z } from 'zod'
import { place } from './folders.ts'
import { id, secretLookup, secretPath, timestamp } from '../names/names.ts'

/** Something deleted that can still be restored. */
export const trashed = z
  .object({
    id,
    kind: z.enum(['secret', 'folder']),
    environment: z.string(),
    secretPath: z.string().describe('The folder it was in'),
    name: z.string(),
    secrets: z.number().int(),
    deletedAt: timestamp,
    deletedBy: z.string(),
    expiresAt: timestamp.describe('Deleted permanently from then on'),
  })
  .meta({ id: 'Trashed' })

export const listTrash = place

export const restoreTrash = place.extend({ trashId: id })

export const restored = z.object({
  environment: z.string(),
  secretPath: z.string(),
  name: z.string(),
  leftOut: z.array(z.string()),
})

export const restoreSecrets = place.extend({
  secretPath: secretPath.default('/').describe('The folder that they were deleted from'),
  keys: z.array(secretLookup).min(1).max(2000),
})

export const restoredSecrets = z.object({
  restored: z.array(z.string()).describe('Keys that are back, each as it was deleted last'),
  taken: z.array(z.string()).describe('Keys that exist again: these stay as they are'),
})
