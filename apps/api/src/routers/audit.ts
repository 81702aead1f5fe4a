import { verifyAudit } from '@keyferry/core/admin/verify-audit'
import { listAudit as list } from '@keyferry/core/list-audit'
import { auditVerified, id, listAudit, listedAudit } from '@keyferry/schemas'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Audit'

/** `GET /api/v1/audit/export` is made from these too: see http/audit-export.ts. */
export const audit = router({
  list: may('instance.manage')
    .meta({ tag, summary: 'Who did what, newest first', routes: [{ method: 'GET', path: '/api/v1/audit' }] })
    .input(listAudit)
    .output(listedAudit)
    .query(call(list)),

  project: may('project.manage')
    .meta({
      tag,
      summary: 'Who did what in a project, newest first',
      routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/audit' }],
    })
    .input(listAudit.extend({ projectId: id }))
    .output(listedAudit)
    .query(call(list)),

  /** Reads the whole log. */
  verify: may('instance.manage')
    .meta({
      tag,
      summary: 'Whether every entry is as it was written, none is missing and none was added',
      routes: [{ method: 'POST', path: '/api/v1/audit/verify' }],
    })
    .output(auditVerified)
    .mutation(({ ctx }) => verifyAudit(ctx.ctx)),
})
