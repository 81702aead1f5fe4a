import { tag as tagSchema } from '@keyferry/schemas'
import { tagVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { tagRoutes } from '../infisical/tags.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Tags'
const output = tagSchema

export const tags = router({
  list: query(tagVerbs.list, {
    tag,
    summary: 'The tags of a project',
    routes: tagRoutes.list,
    output: z.array(tagSchema),
  }),

  get: query(tagVerbs.get, { tag, summary: 'One tag', routes: tagRoutes.get, output }),

  bySlug: query(tagVerbs.bySlug, { tag, summary: 'One tag, by its slug', routes: tagRoutes.bySlug, output }),

  create: mutation(tagVerbs.create, { tag, summary: 'Creates a tag', routes: tagRoutes.create, output }),

  update: mutation(tagVerbs.update, { tag, summary: 'Changes a tag', routes: tagRoutes.update, output }),

  delete: mutation(tagVerbs.delete, {
    tag,
    summary: 'Deletes a tag and takes it off every secret',
    routes: tagRoutes.delete,
    output,
  }),
})
