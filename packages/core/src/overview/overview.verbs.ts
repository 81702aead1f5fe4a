/** Verbs for overviews, with what each requires. */
import { defineVerb, project, requirement, SIGNED_IN } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { instanceOverview } from './instance-overview.ts'
import { projectOverview } from './project-overview.ts'

export const overviewVerbs = {
  project: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: (input) => [requirement('project.read', project(input))],
    run: (ctx, _actor, input, { access }) => projectOverview(ctx, access, input),
  }),

  instance: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: (ctx, actor, _input, { access }) => instanceOverview(ctx, actor, access),
  }),
}
