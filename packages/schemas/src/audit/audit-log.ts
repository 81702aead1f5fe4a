import { z } from 'zod'
import { comparedText, id, timestamp } from '../names/names.ts'

export type { AuditAction } from './index.ts'

export const auditEntry = z
  .object({
    id,
    seq: z.number().int().describe('Place in the chain, from 1; 0 and below for entries from before there was one'),
    at: timestamp,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    address: z.string().nullable(),
    action: z.string().describe('One of those that this version knows, or of an earlier one'),
    projectId: id.nullable(),
    details: z.record(z.string(), z.unknown()).describe('Names and ids, never values'),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })

export const listAudit = z.object({
  projectId: id.optional(),
  actor: comparedText(255).min(1).optional().describe('Name or id of who did it'),
  action: comparedText(1000)
    .min(1)
    .optional()
    .describe(
      'Actions such as `secret.update`, or the first part of several, such as `secret.`, with commas between them',
    ),
  except: comparedText(1000).min(1).optional().describe('Actions that are left out, with commas between them'),
  environment: comparedText(255).min(1).optional().describe('Slug of an environment that the details name'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  text: comparedText(255).min(1).optional().describe('Anywhere in the details'),
  cursor: z.number().int().optional().describe('`nextCursor` of the page before'),
  limit: z.number().int().min(1).max(1000).default(100),
})
/** Newest first. */
export const listedAudit = z.object({ entries: z.array(auditEntry), nextCursor: z.number().int().nullable() })

/** What the check of the whole chain found. */
export const auditVerified = z
  .object({
    rows: z.number().int().describe('Entries whose hash was checked'),
    floor: z
      .object({ seq: z.number().int(), at: timestamp })
      .nullable()
      .describe('Up to where entries were taken off because of their age; null: none were'),
    head: z
      .object({ seq: z.number().int(), hash: z.string() })
      .nullable()
      .describe('The end of the chain; a copy kept elsewhere proves later that nothing before it was replaced'),
    problem: z
      .object({
        kind: z.enum(['changed', 'removed', 'reordered', 'truncated', 'added', 'head']),
        seq: z.number().int(),
        id: z.string().nullable(),
        message: z.string(),
      })
      .nullable()
      .describe('The first thing that is wrong; null when nothing is'),
  })
  .meta({ id: 'AuditVerified' })
