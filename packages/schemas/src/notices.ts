import { z } from 'zod'
import { id, timestamp } from './names.ts'
import { planSummary } from './syncs.ts'

const kind = z.enum(['webhook', 'email'])

export const noticeTarget = z
  .object({
    id,
    projectId: id.nullable().describe('Null: gets alerts of every project'),
    kind,
    address: z.string().describe("An e-mail address, or a webhook's URL without its path, which may be a secret"),
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
    .describe('URL or e-mail address'),
  secret: z
    .string()
    .min(16, 'Secret must be at least 16 characters')
    .max(200, 'Secret must be at most 200 characters')
    .optional()
    .describe('Signs the deliveries to a webhook; made when left out'),
})

export const noticeTested = z.object({ delivered: z.boolean(), message: z.string() }).meta({ id: 'NoticeTested' })

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
    message: z.string(),
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
