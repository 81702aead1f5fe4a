/** Pausing every sync of a project, or of the instance. */
import { defineVerb, project, requirement, RUNS_INSTANCE } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { pauseInstance, pauseProject, resumeInstance, resumeProject } from './pause.ts'

const ofProject = z.object({ projectId: schemas.id })

export const pauseVerbs = {
  pauseProject: defineVerb({
    input: ofProject.extend(schemas.pauseSyncs.shape),
    requires: (input) => [requirement('project.manage', project(input))],
    run: pauseProject,
  }),

  resumeProject: defineVerb({
    input: ofProject,
    requires: (input) => [requirement('project.manage', project(input))],
    run: resumeProject,
  }),

  pauseInstance: defineVerb({ input: schemas.pauseSyncs, requires: () => RUNS_INSTANCE, run: pauseInstance }),

  resumeInstance: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: resumeInstance }),
}
