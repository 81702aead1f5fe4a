import {
  createNoticeTarget as create,
  deleteNoticeTarget,
  listNoticeTargets,
  testNoticeTarget,
} from '@keyferry/core/notices/targets'
import { createdNoticeTarget, createNoticeTarget, id, noticeTarget, noticeTested } from '@keyferry/schemas'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Notices'
const base = '/api/v1/notice-targets'
const one = z.object({ targetId: id })

export const notices = router({
  list: may('instance.manage')
    .meta({
      tag,
      summary: 'Who is told when a sync fails and when it is well again',
      routes: [{ method: 'GET', path: base, envelope: 'noticeTargets' }],
    })
    .input(z.object({ projectId: id.optional() }).default({}))
    .output(z.array(noticeTarget))
    .query(call(listNoticeTargets)),

  create: may('instance.manage')
    .meta({
      tag,
      summary: 'Adds a webhook or an e-mail address, for one project or all',
      routes: [{ method: 'POST', path: base, envelope: 'noticeTarget' }],
    })
    .input(createNoticeTarget)
    .output(createdNoticeTarget)
    .mutation(call(create)),

  delete: may('instance.manage')
    .meta({
      tag,
      summary: 'Removes one, and what is still on its way to it',
      routes: [{ method: 'DELETE', path: `${base}/:targetId`, envelope: 'noticeTarget', input: 'query' }],
    })
    .input(one)
    .output(noticeTarget)
    .mutation(call(deleteNoticeTarget)),

  test: may('instance.manage')
    .meta({
      tag,
      summary: 'Sends a test and says whether it arrived',
      routes: [{ method: 'POST', path: `${base}/:targetId/test` }],
    })
    .input(one)
    .output(noticeTested)
    .mutation(call(testNoticeTarget)),
})
