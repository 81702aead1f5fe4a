import { z } from 'zod'
import { displayName, id, lookedUp, slug, storedText, timestamp } from '../names/names.ts'

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
