import { z } from 'zod'
import { id, timestamp } from './names.ts'

/** Everything the audit log tells of. The console has words for each; the first part says what it is about. */
export const AUDIT_ACTIONS = [
  'access.refused',
  'access.token-refused',
  'api-key.create',
  'api-key.revoke',
  'audit.export',
  'connection.create',
  'connection.update',
  'connection.delete',
  'connection.check',
  'create-secret-sync',
  'update-secret-sync',
  'delete-secret-sync',
  'secret-sync-sync-secrets',
  'secret-sync-approve-plan',
  'secret-sync-check-drift',
  'secret-sync-remove-secrets',
  'secret-sync-restore',
  'environment.create',
  'environment.update',
  'environment.delete',
  'environment.delete-given-up',
  'environment.restore',
  'folder.accept-secrets',
  'folder.create',
  'folder.update',
  'folder.move',
  'folder.delete',
  'folder.delete-given-up',
  'folder.restore',
  'folder.restore-time',
  'identity.create',
  'identity.update',
  'identity.delete',
  'identity.universal-auth.attach',
  'identity.universal-auth.update',
  'identity.universal-auth.detach',
  'identity.lock-out',
  'identity.sign-in',
  'identity.sign-in-failed',
  'identity.token-renew',
  'identity.token-revoke',
  'identity.client-secret.create',
  'identity.client-secret.revoke',
  'import.create',
  'import.update',
  'import.delete',
  'instance.backup',
  'instance.bootstrap',
  'instance.restore',
  'instance.key-rotated',
  'instance.rotate-key',
  'instance.rotate-root-key',
  'instance.sign-in-policy',
  'instance.prune-audit',
  'instance.restart-audit',
  'instance.end-sessions',
  'integrity.failure',
  'integrity.rows-ended',
  'invitation.create',
  'invitation.accept',
  'invitation.revoke',
  'member.add',
  'member.update',
  'member.remove',
  'notice-target.create',
  'notice-target.delete',
  'person.address-proven',
  'person.update',
  'person.remove',
  'person.reset-link',
  'person.create',
  'person.sign-in-link',
  'person.end-sessions',
  'person.link-oidc',
  'person.list',
  'person.lock-out',
  'person.passkey-add',
  'person.passkey-remove',
  'person.password-change',
  'person.password-reset',
  'person.password-reset-request',
  'person.recovery-codes',
  'person.rename',
  'person.second-factor-off',
  'person.second-factor-on',
  'person.sign-in',
  'person.sign-in-failed',
  'person.sign-out',
  'person.sign-out-everywhere',
  'project.create',
  'project.update',
  'project.delete',
  'project.delete-given-up',
  'project.export',
  'project.import',
  'project.rotate-data-key',
  'project.data-key-rotated',
  'secret.create',
  'secret.update',
  'secret.paste',
  'secret.move',
  'secret.delete',
  'secret.restore',
  'secret.restore-version',
  'secret.read',
  'secret.list',
  'secret.read-tree',
  'tag.create',
  'tag.update',
  'tag.delete',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

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
  actor: z.string().min(1).max(255).optional().describe('Name or id of who did it'),
  action: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Actions such as `secret.update`, or the first part of several, such as `secret.`, with commas between them',
    ),
  environment: z.string().min(1).max(255).optional().describe('Slug of an environment that the details name'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  text: z.string().min(1).max(255).optional().describe('Anywhere in the details'),
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
      .describe('The end of the chain; who notes it elsewhere can tell later that nothing before it was replaced'),
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
