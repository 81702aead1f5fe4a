import { z } from 'zod'
import { environmentRef, place } from './folders.ts'
import { environmentLookup, id, secretPath, timestamp } from '../names/names.ts'

export const secretImport = z
  .object({
    id,
    folderId: id,
    position: z.number().int(),
    path: z.string(),
    environment: environmentRef,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'SecretImport' })

/** One that is not shown within its folder. */
export const ownImport = secretImport
  .extend({ projectId: id, into: z.object({ environment: environmentRef, path: z.string() }) })
  .meta({ id: 'OwnSecretImport' })

export const createImport = place.extend({
  path: secretPath.default('/'),
  import: z.object({ environment: environmentLookup, path: secretPath }),
})

export const listImports = place.extend({ path: secretPath.default('/') })

export const updateImport = place.extend({
  importId: id,
  path: secretPath.default('/'),
  import: z.object({
    environment: environmentLookup.optional(),
    path: secretPath.optional(),
    position: z.number().int().positive().optional(),
  }),
})

export const deleteImport = place.extend({ importId: id, path: secretPath.default('/') })
