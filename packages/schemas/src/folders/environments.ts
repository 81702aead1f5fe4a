import { z } from 'zod'
import { deletedSyncs, deletionPending } from './deletions.ts'
import { displayName, environmentSlug, id, timestamp } from '../names/names.ts'

export const environment = z
  .object({ id, name: z.string(), slug: z.string(), position: z.number().int(), pending: deletionPending })
  .meta({ id: 'Environment' })

/** One that is not shown within its project. */
export const ownEnvironment = environment
  .extend({ projectId: id, createdAt: timestamp, updatedAt: timestamp })
  .meta({ id: 'OwnEnvironment' })

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
