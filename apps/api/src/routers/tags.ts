import { tag as tagSchema } from '@keyferry/schemas'
import { tagVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Tags'
const both = (method: Route['method'], path: string, many = false): Route[] => [
  { method, path: `/api/v1/projects/:projectId/tags${path}`, envelope: many ? 'tags' : 'tag' },
  { method, path: `/api/v1/workspace/:projectId/tags${path}`, envelope: many ? 'workspaceTags' : 'workspaceTag' },
]

export const tags = router({
  list: query(tagVerbs.list, {
    tag,
    summary: 'The tags of a project',
    routes: both('GET', '', true),
    output: z.array(tagSchema),
  }),

  create: mutation(tagVerbs.create, { tag, summary: 'Creates a tag', routes: both('POST', ''), output: tagSchema }),

  update: mutation(tagVerbs.update, {
    tag,
    summary: 'Changes a tag',
    routes: both('PATCH', '/:tagId'),
    output: tagSchema,
  }),

  delete: mutation(tagVerbs.delete, {
    tag,
    summary: 'Deletes a tag and takes it off every secret',
    routes: both('DELETE', '/:tagId'),
    output: tagSchema,
  }),
})
