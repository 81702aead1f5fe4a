import { z } from 'zod'
import { id, timestamp } from './names.ts'

export const auditEntry = z
  .object({
    id,
    seq: z.number().int().describe('Place in the chain, from 1; 0 and below for entries from before there was one'),
    at: timestamp,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    address: z.string().nullable(),
    action: z.string(),
    projectId: id.nullable(),
    details: z.record(z.string(), z.unknown()).describe('Names and ids, never values'),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })

export const listAudit = z.object({
  projectId: id.optional(),
  actor: z.string().min(1).max(255).optional().describe('Name or id of who did it'),
  action: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('An action such as `secret.update`, or the first part of several, such as `secret.`'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  text: z.string().min(1).max(255).optional().describe('Anywhere in the details'),
  cursor: z.number().int().optional().describe('`nextCursor` of the page before'),
  limit: z.number().int().min(1).max(1000).default(100),
})
/** Newest first. */
export const listedAudit = z.object({ entries: z.array(auditEntry), nextCursor: z.number().int().nullable() })
