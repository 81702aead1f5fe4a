/** Whole projects as files, and who may read and create them. */
import * as schemas from '@keyferry/schemas'
import { may, project, RUNS_INSTANCE } from '../access/requirement.ts'
import { defineVerb } from '../access/verb.ts'
import { exportProject, importProject } from './transfer.ts'

export const transferVerbs = {
  export: defineVerb({
    input: schemas.exportProject,
    requires: (input) => [may('project.manage', project(input))],
    run: exportProject,
  }),
  import: defineVerb({ input: schemas.importProject, requires: () => RUNS_INSTANCE, run: importProject }),
}
