import { z } from 'zod'
import { id, timestamp } from './names.ts'
import { syncMessage } from './sync-messages.ts'
import { planSummary } from './syncs.ts'

const kind = z.enum(['webhook', 'email', 'slack', 'teams', 'pagerduty'])

export const noticeTarget = z
  .object({
    id,
    projectId: id.nullable().describe('Null: gets alerts of every project'),
    kind,
    address: z.string().describe('An e-mail address, or a URL without its path, which may be a secret'),
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
  kind,
  address: z
    .string()
    .trim()
    .min(1, 'Address is required')
    .max(2000, 'Address must be at most 2000 characters')
    .describe(
      "An e-mail address; or the URL of a webhook, also that of Slack, of Teams (Workflows) or PagerDuty's Events API",
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
})

export const noticeTested = z.object({ delivered: z.boolean(), message: z.string() }).meta({ id: 'NoticeTested' })

/** What an alert is about: a code with data, never a value. Its words are in `notice-words.ts`. */
export const noticeReason = z.discriminatedUnion('code', [
  ...syncMessage.options,
  z.object({ code: z.literal('in-sync') }),
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

export type NoticeReason = z.output<typeof noticeReason>
export type NoticeType = z.output<typeof notice>['type']
export type NoticeKind = z.output<typeof kind>
