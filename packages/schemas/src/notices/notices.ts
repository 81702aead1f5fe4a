import { z } from 'zod'
import { displayName, id, timestamp } from '../names/names.ts'
import { syncMessage } from '../syncs/sync-messages.ts'
import { planSummary } from '../syncs/plan.ts'

const kind = z.enum(['webhook', 'email', 'slack', 'teams', 'pagerduty'])

export const noticeTarget = z
  .object({
    id,
    projectId: id.nullable().describe('Null: gets alerts of every project'),
    name: z.string().nullable().describe('What people call it, such as a channel'),
    kind,
    address: z.string().describe('An email address, or a URL without its path, which may be a secret'),
    deliveries: z.boolean().describe('Also gets `secret.delivered`, once per version that every destination has'),
    problem: z.string().nullable().describe('Why the last delivery failed'),
    deliveredAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'NoticeTarget' })

/** `secret` is shown this once. */
export const createdNoticeTarget = noticeTarget
  .extend({ secret: z.string().nullable().describe('Signs the deliveries to a webhook; shown only now') })
  .meta({ id: 'CreatedNoticeTarget' })

export const createNoticeTarget = z.object({
  projectId: id.nullish(),
  name: displayName('Name').optional().describe('What people call it, such as a channel'),
  kind,
  address: z
    .string()
    .trim()
    .min(1, 'Address is required')
    .max(2000, 'Address must be at most 2000 characters')
    .describe(
      "An email address; or the URL of a webhook, also that of Slack, of Teams (Workflows) or PagerDuty's Events API",
    ),
  secret: z
    .string()
    .trim()
    .min(16, 'Secret must be at least 16 characters')
    .max(200, 'Secret must be at most 200 characters')
    .optional()
    .describe(
      'Signs the deliveries to a webhook; made when left out. For PagerDuty: the integration key, which is required',
    ),
  deliveries: z
    .boolean()
    .optional()
    .describe('Of a webhook: also send `secret.delivered`, once per version that every destination has'),
})

export const noticeTested = z.object({ delivered: z.boolean(), message: z.string() }).meta({ id: 'NoticeTested' })

/** What an alert is about: a code with data, never a value. Its words are in `notice-words.ts`. */
export const noticeReason = z.discriminatedUnion('code', [
  ...syncMessage.options,
  z.object({ code: z.literal('in-sync') }),
  z.object({ code: z.literal('drifted'), keys: z.array(z.string()), count: z.number() }),
  z.object({
    code: z.literal('secrets-delivered'),
    environment: z.string(),
    secretPath: z.string(),
    secrets: z.array(z.object({ id, key: z.string(), version: z.number().int() })),
  }),
  z.object({ code: z.literal('test'), by: z.string() }),
  z.object({ code: z.literal('audit-stream-failed'), stream: z.string(), problem: z.string() }),
  z.object({ code: z.literal('audit-stream-recovered'), stream: z.string() }),
  z.object({ code: z.literal('changed-outside'), count: z.number() }),
])

/** What a webhook gets, as JSON. */
export const notice = z
  .object({
    id: id.describe('The same in every repetition of one delivery'),
    type: z.enum([
      'sync.failed',
      'sync.partial',
      'sync.blocked',
      'sync.recovered',
      'sync.repairs-stopped',
      'sync.move-stuck',
      'sync.drifted',
      'secret.delivered',
      'audit-stream.failed',
      'audit-stream.recovered',
      'integrity.failed',
      'test',
    ]),
    at: timestamp,
    message: z.string().describe('The reason in words'),
    reason: noticeReason.nullable().describe('A code with data; null where nothing is known'),
    project: z.object({ id: z.string(), name: z.string() }).describe('Empty where it is about the instance'),
    sync: z
      .object({
        id: z.string(),
        name: z.string(),
        destination: z.string(),
        target: z.string(),
        environment: z.string(),
        secretPath: z.string(),
      })
      .describe('Empty where it is about the instance'),
    run: z
      .object({ id: z.string(), state: z.string(), counts: planSummary.nullable() })
      .describe('Its id and state are empty where there is no run'),
  })
  .meta({ id: 'Notice' })

/** What a person chooses by: each kind of what happens to a sync. */
export const NOTIFICATION_KINDS = ['failed', 'blocked', 'approval', 'drifted', 'recovered'] as const
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

/** `console`: in the notification centre only; `mail`: there and by email. */
export const notificationDelivery = z.enum(['none', 'console', 'mail'])

export const notification = notice
  .pick({ id: true, type: true, at: true, message: true, reason: true, project: true })
  .extend({
    sync: z.object({ id, name: z.string(), destination: z.string() }),
    unread: z.boolean(),
  })
  .meta({ id: 'Notification' })

export const notificationInbox = z
  .object({
    notifications: z.array(notification).describe('Newest first'),
    unread: z.number().describe('At most 99'),
    next: z.string().nullable().describe('For `before`, to get older ones; null: there are none'),
  })
  .meta({ id: 'NotificationInbox' })

const choices = z.object({
  failed: notificationDelivery.describe(
    'A run failed, did not deliver everything, or could not clean up a previous destination',
  ),
  blocked: notificationDelivery.describe('Nothing is sent until the source or the owner’s permissions are fixed'),
  approval: notificationDelivery.describe('A plan deletes many keys and waits for an approval'),
  drifted: notificationDelivery.describe('Someone else changed keys at the destination'),
  recovered: notificationDelivery.describe('A sync that needed attention is in sync again'),
})

export const notificationPreferences = choices
  .extend({ canMail: z.boolean().describe('Email is set up') })
  .meta({ id: 'NotificationPreferences' })

export const setNotificationPreferences = choices.partial()

export const listNotifications = z.object({
  before: z.string().max(100).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(30),
})

export const markNotificationsRead = z.object({
  upTo: z.iso.datetime().describe('`at` of the newest one that was seen'),
})

export type NoticeReason = z.output<typeof noticeReason>
export type NoticeType = z.output<typeof notice>['type']
export type NoticeKind = z.output<typeof kind>
