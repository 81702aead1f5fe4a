import { inboxVerbs } from '@keyferry/core/verbs'
import { notificationInbox, notificationPreferences } from '@keyferry/schemas'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Notifications'
const base = '/api/v1/notifications'

export const inbox = router({
  list: query(inboxVerbs.list, {
    weight: 'store',
    tag,
    summary: 'What happened to the syncs that the caller may see',
    routes: [{ method: 'GET', path: base }],
    output: notificationInbox,
  }),

  markRead: mutation(inboxVerbs.markRead, {
    tag,
    summary: 'Marks everything up to a time as read',
    routes: [{ method: 'POST', path: `${base}/read` }],
    output: z.object({ readAt: z.string() }),
  }),

  preferences: query(inboxVerbs.preferences, {
    tag,
    summary: 'Which of it the caller gets by email',
    routes: [{ method: 'GET', path: `${base}/preferences`, envelope: 'preferences' }],
    output: notificationPreferences,
  }),

  setPreferences: mutation(inboxVerbs.setPreferences, {
    tag,
    summary: 'Changes which of it the caller gets by email',
    routes: [{ method: 'PATCH', path: `${base}/preferences`, envelope: 'preferences' }],
    output: notificationPreferences,
  }),
})
