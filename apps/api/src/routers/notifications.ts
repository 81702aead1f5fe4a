import { noticeVerbs } from '@keyferry/core/verbs'
import { createdNoticeTarget, noticeTarget, noticeTested } from '@keyferry/schemas'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Notices'
const base = '/api/v1/notice-targets'

export const notifications = router({
  list: query(noticeVerbs.list, {
    tag,
    summary: 'Targets that get a notice when a sync fails and when it works again',
    routes: [{ method: 'GET', path: base, envelope: 'noticeTargets' }],
    output: z.array(noticeTarget),
  }),

  create: mutation(noticeVerbs.create, {
    tag,
    summary: 'Adds a webhook, an email address, or a channel of Slack, Teams or PagerDuty, for one project or all',
    routes: [{ method: 'POST', path: base, envelope: 'noticeTarget' }],
    output: createdNoticeTarget,
  }),

  delete: mutation(noticeVerbs.delete, {
    tag,
    summary: 'Removes a recipient and drops its undelivered alerts',
    routes: [{ method: 'DELETE', path: `${base}/:targetId`, envelope: 'noticeTarget', input: 'query' }],
    output: noticeTarget,
  }),

  try: mutation(noticeVerbs.try, {
    weight: 'vendor',
    tag,
    summary: 'Sends a test to what is not added yet, and says whether it arrived',
    routes: [{ method: 'POST', path: `${base}/try` }],
    output: noticeTested,
  }),

  test: mutation(noticeVerbs.test, {
    weight: 'vendor',
    tag,
    summary: 'Sends a test and says whether it arrived',
    routes: [{ method: 'POST', path: `${base}/:targetId/test` }],
    output: noticeTested,
  }),
})
