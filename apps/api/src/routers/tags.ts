import { createTag as create, deleteTag, listTags, updateTag as update } from '@keyferry/core/vault/tags'
import { createTag, id, tag as tagSchema, updateTag } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Tags'
const both = (method: Route['method'], path: string, many = false): Route[] => [
  { method, path: `/api/v1/projects/:projectId/tags${path}`, envelope: many ? 'tags' : 'tag' },
  { method, path: `/api/v1/workspace/:projectId/tags${path}`, envelope: many ? 'workspaceTags' : 'workspaceTag' },
]

export const tags = router({
  list: may('project.read')
    .meta({ tag, summary: 'The tags of a project', routes: both('GET', '', true) })
    .input(z.object({ projectId: id }))
    .output(z.array(tagSchema))
    .query(call(listTags)),

  create: may('secrets.write')
    .meta({ tag, summary: 'Creates a tag', routes: both('POST', '') })
    .input(createTag)
    .output(tagSchema)
    .mutation(call(create)),

  update: may('secrets.write')
    .meta({ tag, summary: 'Changes a tag', routes: both('PATCH', '/:tagId') })
    .input(updateTag)
    .output(tagSchema)
    .mutation(call(update)),

  delete: may('secrets.write')
    .meta({ tag, summary: 'Deletes a tag and takes it off every secret', routes: both('DELETE', '/:tagId') })
    .input(z.object({ projectId: id, tagId: id }))
    .output(tagSchema)
    .mutation(call(deleteTag)),
})
