import { z } from 'zod'
import { deletedSyncs, deletionPending } from './deletions.ts'
import { description, environmentLookup, folderName, id, lookedUp, secretPath, timestamp } from '../names/names.ts'

export const folder = z
  .object({
    id,
    name: z.string().describe('`root` for the folder at `/`'),
    envId: id,
    parentId: id.nullable(),
    path: z.string(),
    relativePath: z.string().optional(),
    version: z.number().int(),
    description: z.string().nullable(),
    secretsChangedAt: timestamp.nullable().describe('When a secret in it was last written or deleted'),
    pending: deletionPending,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Folder' })

/** One of a listing. */
export const listedFolder = folder
  .extend({
    secretCount: z.number().int().nullable().describe('Its own secrets; null if the reader can’t see their names'),
  })
  .meta({ id: 'ListedFolder' })

export const environmentRef = z.object({ id, name: z.string(), slug: z.string() })

/** One that is not shown within its environment. */
export const ownFolder = folder.extend({ projectId: id, environment: environmentRef }).meta({ id: 'OwnFolder' })

/** Where a folder, an import or a secret is: project, environment slug and secret path. */
export const place = z.object({ projectId: id, environment: environmentLookup })

export const folderPlace = place.extend({ secretPath: secretPath.default('/') })

export const createFolder = place.extend({
  name: folderName,
  path: secretPath.default('/'),
  description: description.optional(),
})

export const folderByPath = place.extend({ path: secretPath })

export const listFolders = place.extend({ path: secretPath.default('/'), recursive: z.boolean().default(false) })

export const updateFolder = place.extend({
  folderId: id,
  name: folderName,
  path: secretPath.default('/'),
  description: description.optional(),
})

export const deleteFolder = place.extend({
  folderIdOrName: z.union([id, lookedUp(255)]),
  path: secretPath.default('/'),
  syncs: deletedSyncs.optional(),
})

export const moveFolder = place.extend({
  folderId: id,
  destinationEnvironment: environmentLookup.optional(),
  destinationPath: secretPath.describe('The destination folder'),
})
