/** Tags, as Infisical's clients know them. */
import { tag } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import type { WireOutput } from '../wire/wire.ts'

type Tag = z.output<typeof tag>

const workspaceTag = tag
  .extend({ createdBy: z.null().describe('The audit log says who created it'), createdByActorType: z.null() })
  .meta({ id: 'Tag' })
const write = (shown: Tag): z.output<typeof workspaceTag> => ({ ...shown, createdBy: null, createdByActorType: null })

const tagOutput = { schema: workspaceTag, write }
const many: WireOutput<Tag[]> = { schema: z.array(workspaceTag), write: (all) => all.map(write) }

/** The same route below projects and below their older name. */
const both = <Output>(method: Route['method'], path: string, answers: WireOutput<Output>, s = ''): Route<Output>[] => [
  { method, path: `/api/v1/projects/:projectId/tags${path}`, envelope: `tag${s}`, answers },
  { method, path: `/api/v1/workspace/:projectId/tags${path}`, envelope: `workspaceTag${s}`, answers },
]

export const tagRoutes = {
  list: both('GET', '', many, 's'),
  get: both('GET', '/:tagId', tagOutput),
  bySlug: both('GET', '/slug/:tagSlug', tagOutput),
  create: both('POST', '', tagOutput),
  update: both('PATCH', '/:tagId', tagOutput),
  delete: both('DELETE', '/:tagId', tagOutput),
} satisfies Record<string, Route[]>
