import { z } from 'zod'
import { folderPlace } from './folders.ts'
import { ifVersion, secretLookup, shownHash, storedText, timestamp } from '../names/names.ts'

export const folderHistory = folderPlace.extend({
  cursor: storedText.max(200).optional(),
  limit: z.number().int().min(1).max(500).default(100),
})

export const folderVersions = z.object({
  versions: z.array(
    z.object({
      key: z.string(),
      version: z.number().int(),
      deleted: z.boolean(),
      createdAt: timestamp,
      createdBy: z.string(),
    }),
  ),
  nextCursor: z.string().nullable(),
})

export const restoreVersion = folderPlace.extend({
  key: secretLookup,
  version: z.number().int().positive(),
  ifVersion,
  versionKey: secretLookup.optional().describe('The name that the version has, where it is an earlier one'),
})

export const restoreFolder = folderPlace.extend({
  at: z.iso.datetime({ offset: true }),
  dryRun: z.boolean().default(false),
  expected: shownHash.optional().describe('`hash` of the preview: refused when the folder has changed since'),
})

export const folderRestored = z.object({
  changes: z.array(
    z.object({ key: z.string(), action: z.enum(['create', 'update', 'delete']), version: z.number().int().nullable() }),
  ),
  unrestorable: z.array(z.object({ key: z.string(), reason: z.string() })),
  unchanged: z.number().int(),
  hash: z.string(),
})
