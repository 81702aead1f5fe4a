import { z } from 'zod'
import {
  description,
  displayName,
  environmentLookup,
  environmentSlug,
  folderName,
  id,
  lookedUp,
  projectSlug,
  secretPath,
  timestamp,
} from './names/names.ts'
import { visibleLines } from './names/visible-text.ts'

export const projectDescription = visibleLines('Description').trim().max(1024)

/** What becomes of the syncs that read something which is deleted. */
export const deletedSyncs = z
  .enum(['refuse', 'keep-secrets', 'remove-secrets'])
  .describe(
    'What happens to the syncs that read it: `refuse` (default) deletes nothing while there are any; `keep-secrets` deletes them and keeps the keys at their destinations; `remove-secrets` first deletes the keys that they wrote',
  )
const pending = z.string().optional().describe('Set while the deletion waits for syncs that remove what they wrote')

export const environment = z
  .object({ id, name: z.string(), slug: z.string(), position: z.number().int(), pending })
  .meta({ id: 'Environment' })

/** One that is not shown within its project. */
export const ownEnvironment = environment
  .extend({ projectId: id, createdAt: timestamp, updatedAt: timestamp })
  .meta({ id: 'OwnEnvironment' })

export const project = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    description: z.string().nullable(),
    orgId: id,
    environments: z.array(environment),
    pending,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Project' })

export const createProject = z.object({
  name: displayName('Project name'),
  description: projectDescription.nullish(),
  slug: projectSlug.optional(),
  withDefaultEnvironments: z.boolean().default(true),
})
export const updateProject = z.object({
  projectId: id,
  name: displayName('Project name').optional(),
  description: projectDescription.nullish(),
  slug: projectSlug.optional(),
})

export const deleteProject = z.object({ projectId: id, syncs: deletedSyncs.optional() })

export const createEnvironment = z.object({
  projectId: id,
  name: displayName('Environment name', 255),
  slug: environmentSlug,
  position: z.number().int().positive().optional(),
})
export const updateEnvironment = z.object({
  projectId: id,
  environmentId: id,
  name: displayName('Environment name', 255).optional(),
  slug: environmentSlug.optional(),
  position: z.number().int().positive().optional(),
})

export const getEnvironment = z.object({ environmentId: id, projectId: id.optional() })
export const deleteEnvironment = z.object({ projectId: id, environmentId: id, syncs: deletedSyncs.optional() })

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
    pending,
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

const inEnvironment = z.object({ id, name: z.string(), slug: z.string() })

/** One that is not shown within its environment. */
export const ownFolder = folder.extend({ projectId: id, environment: inEnvironment }).meta({ id: 'OwnFolder' })

/** Where a folder, an import or a secret is: project, environment slug and secret path. */
export const place = z.object({ projectId: id, environment: environmentLookup })

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

export const secretImport = z
  .object({
    id,
    folderId: id,
    position: z.number().int(),
    path: z.string(),
    environment: inEnvironment,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'SecretImport' })
/** One that is not shown within its folder. */
export const ownImport = secretImport
  .extend({ projectId: id, into: z.object({ environment: inEnvironment, path: z.string() }) })
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
