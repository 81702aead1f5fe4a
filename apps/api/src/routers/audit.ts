import { auditVerbs } from '@keyferry/core/verbs'
import { auditVerified, listedAudit } from '@keyferry/schemas'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Audit'

/** `GET /api/v1/audit/export` is made from these too: see rest/audit-export.ts. */
export const audit = router({
  list: query(auditVerbs.list, {
    isCompressed: true,
    weight: 'store',
    tag,
    summary: 'Who did what, newest first',
    routes: [{ method: 'GET', path: '/api/v1/audit' }],
    output: listedAudit,
  }),

  project: query(auditVerbs.project, {
    isCompressed: true,
    weight: 'store',
    tag,
    summary: 'Who did what in a project, newest first',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/audit' }],
    output: listedAudit,
  }),

  /** Reads the whole log. */
  verify: mutation(auditVerbs.verify, {
    weight: 'store',
    tag,
    summary: 'Whether every entry is as it was written, none is missing and none was added',
    routes: [{ method: 'POST', path: '/api/v1/audit/verify' }],
    output: auditVerified,
  }),
})
