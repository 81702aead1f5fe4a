/** Verbs for whole projects as files, with what each requires. */
import { defineVerb, requirement, project, RUNS_INSTANCE } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { exportProject, importProject } from './transfer.ts'

export const transferVerbs = {
  export: defineVerb({
    input: schemas.exportProject,
    requires: (input) => [requirement('project.manage', project(input))],
    run: exportProject,
  }),
  import: defineVerb({ input: schemas.importProject, requires: () => RUNS_INSTANCE, run: importProject }),
}
