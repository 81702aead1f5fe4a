import { z } from 'zod'
import {
  displayName,
  environmentLookup,
  id,
  lookedUp,
  projectSlug,
  secretLookup,
  secretPath,
  shownHash,
  slug,
  storedText,
  timestamp,
} from './names/names.ts'
import { environment, place } from './projects.ts'

const inFolder = place.extend({ secretPath: secretPath.default('/') })

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

export const deletedEnvironment = z
  .object({
    id: id.describe('What it is restored by'),
    slug: z.string(),
    secrets: z.number().int(),
    deletedAt: timestamp,
    deletedBy: z.string(),
    expiresAt: timestamp.describe('Deleted permanently from then on'),
  })
  .meta({ id: 'DeletedEnvironment' })
export const restoreEnvironment = z.object({ projectId: id, trashId: id })
export const restoredEnvironment = z.object({ environment, leftOut: z.array(z.string()) })

export const tag = z
  .object({
    id,
    projectId: id,
    slug: z.string(),
    name: z.string(),
    color: z.string(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Tag' })
const tagSlug = slug('Tag slug', 64)
const color = storedText.trim().max(32)
export const createTag = z.object({
  projectId: id,
  slug: tagSlug,
  name: displayName('Tag name').optional(),
  color: color.default(''),
})
export const getTag = z.object({ projectId: id, tagId: id })
export const tagBySlug = z.object({ projectId: id, tagSlug: lookedUp(64) })
export const updateTag = z.object({
  projectId: id,
  tagId: id,
  slug: tagSlug.optional(),
  name: displayName('Tag name').optional(),
  color: color.optional(),
})

export const moveSecrets = z.object({
  projectId: id,
  sourceEnvironment: environmentLookup,
  sourceSecretPath: secretPath.default('/'),
  destinationEnvironment: environmentLookup,
  destinationSecretPath: secretPath.default('/'),
  secretIds: z.array(id).min(1).max(2000),
  shouldOverwrite: z.boolean().default(false),
})
export const movedSecrets = z.object({ isSourceUpdated: z.boolean(), isDestinationUpdated: z.boolean() })

export const moveFolder = place.extend({
  folderId: id,
  destinationEnvironment: environmentLookup.optional(),
  destinationPath: secretPath.describe('The destination folder'),
})

export const searchSecrets = z.object({
  projectId: id,
  query: storedText.trim().min(1).max(255),
  environment: environmentLookup.optional(),
  limit: z.number().int().min(1).max(500).default(100),
})
/** Never a value. */
export const foundSecrets = z.object({
  secrets: z.array(
    z.object({
      id,
      key: z.string(),
      environment: z.string(),
      secretPath: z.string(),
      comment: z.string(),
      matched: z.enum(['key', 'comment']),
    }),
  ),
  more: z.boolean(),
})

export const matrixQuery = z.object({ projectId: id, secretPath: secretPath.default('/') })
/** Every key of a folder and of those below it, in every environment that the reader can read. Never a value. */
export const environmentMatrix = z.object({
  environments: z.array(z.string()).describe('Slugs'),
  rows: z.array(
    z.object({
      secretPath: z.string(),
      key: z.string(),
      groups: z
        .array(z.number().int().nullable())
        .describe('By environment: the same number for the same value, null where the key is missing'),
    }),
  ),
})

export const folderHistory = inFolder.extend({
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
export const restoreVersion = inFolder.extend({
  key: secretLookup,
  version: z.number().int().positive(),
  versionKey: secretLookup.optional().describe('The name that the version has, where it is an earlier one'),
})
export const restoreFolder = inFolder.extend({
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

export const referenceQuery = inFolder.extend({ key: secretLookup })
export const secretReferences = z.object({
  references: z.array(
    z.object({
      key: z.string(),
      secretId: id,
      environment: z.string(),
      secretPath: z.string(),
      referenceType: z.enum(['direct', 'imported']),
    }),
  ),
  totalCount: z.number().int(),
})
export interface ReferenceTree {
  key: string
  value: string
  environment: string
  secretPath: string
  children: ReferenceTree[]
}
const referenceNode = z
  .object({
    key: z.string(),
    value: z.string(),
    environment: z.string(),
    secretPath: z.string(),
    get children(): z.ZodArray<z.ZodType<ReferenceTree>> {
      return z.array(referenceNode)
    },
  })
  .meta({ id: 'ReferenceTree' })
export const secretReferenceTree = z.object({ tree: referenceNode, value: z.string() })

/** Who would notice if it were gone. */
export const reader = z
  .object({
    id,
    name: z.string(),
    destination: z.string(),
    direct: z.boolean().describe('Its source is the folder or one below: it is deleted with the folder'),
  })
  .meta({ id: 'Reader' })

export const uses = z
  .object({
    syncs: z
      .array(
        reader.extend({
          written: z
            .number()
            .int()
            .nullable()
            .describe(
              'Keys that it wrote to its destination and would delete; null when they concern folders that you can’t read',
            ),
        }),
      )
      .describe('Read it: directly, through imports or references'),
    imports: z
      .array(z.object({ environment: z.string(), secretPath: z.string() }))
      .describe('Folders that import it directly'),
    references: z.array(z.object({ key: z.string(), environment: z.string(), secretPath: z.string(), to: z.string() })),
  })
  .meta({ id: 'Uses' })
export const usesQuery = inFolder.extend({ key: secretLookup.optional() })
export const readersQuery = inFolder

/** Deleted once the syncs that read it have removed what they wrote. */
export const pendingDeletion = z
  .object({
    kind: z.enum(['folder', 'environment', 'project']),
    subjectId: id,
    environment: z.string().nullable().describe('Slug; null for a project'),
    secretPath: z.string().nullable().describe('Null unless it is a folder'),
    askedAt: timestamp,
    askedBy: z.string(),
    syncs: z.array(z.object({ id, name: z.string(), destination: z.string() })).describe('That it still waits for'),
  })
  .meta({ id: 'PendingDeletion' })

/** A project as an encrypted file. */
export const exportProject = z.object({ projectId: id, passphrase: z.string().min(12).max(1024) })
export const exportedProject = z.object({ file: z.string(), fileName: z.string(), secrets: z.number().int() })
/** Characters of an exported project in a request, whose body has room for no more. */
const MAX_FILE = 4 * 1024 * 1024
export const importProject = z.object({
  file: z.string().min(1).max(MAX_FILE),
  passphrase: z.string().min(1).max(1024),
  projectName: displayName('Project name').optional(),
  slug: projectSlug.optional(),
})
/** The same of a file that an operator has: an export may be larger than a request. */
export const importStoredProject = importProject.extend({ file: z.string().min(1) })
