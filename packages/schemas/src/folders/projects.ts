import { z } from 'zod'
import { deletedSyncs, deletionPending } from './deletions.ts'
import { environment } from './environments.ts'
import { displayName, id, projectSlug, timestamp } from '../names/names.ts'
import { visibleLines } from '../names/visible-text.ts'

export const projectDescription = visibleLines('Description').trim().max(1024)

export const project = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    description: z.string().nullable(),
    orgId: id,
    environments: z.array(environment),
    pending: deletionPending,
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
