/** What may be done with the audit log and with data keys, and who may. */
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { may, project, RUNS_INSTANCE } from '../access/requirement.ts'
import { defineVerb } from '../access/verb.ts'
import { listAudit } from '../list-audit.ts'
import { listRotations, rotateDataKey } from './rotate-data-key.ts'
import { verifyAudit } from './verify-audit.ts'

export const auditVerbs = {
  list: defineVerb({ input: schemas.listAudit, requires: () => RUNS_INSTANCE, run: listAudit }),
  project: defineVerb({
    input: schemas.listAudit.extend({ projectId: schemas.id }),
    requires: (input) => [may('project.manage', project(input))],
    run: listAudit,
  }),
  /** Reads the whole log. */
  verify: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => verifyAudit(ctx) }),
}

export const dataKeyVerbs = {
  rotate: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: () => RUNS_INSTANCE,
    run: async (ctx, actor, input) => {
      await rotateDataKey(ctx, actor, { projectId: input.projectId })
      return { message: 'The new key is in use; what is stored is sealed again in the background' }
    },
  }),
  rotations: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => listRotations(ctx) }),
}
