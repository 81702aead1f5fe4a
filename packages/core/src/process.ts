/** What each process opens at its start; loads no verb and no plan. */
export { freeAllLeases } from './lease/lease.ts'
export { webhookUrl } from './notifications/address.ts'
export { foundInStore } from './admin/check-store.ts'
export { freeAuditStreams, streamAudit, streamState, type AuditStream } from './notifications/audit-stream.ts'
export { createMailer, requiresTls } from './notifications/mail.ts'
export { syncHooks } from './sync/hooks.ts'
export { countDue, requestedRevision, dueSyncs } from './sync/due.ts'
export { wakeHints } from './sync/wake-hints.ts'
