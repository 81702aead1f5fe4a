/**
 * Whether anything of a project changed since a place in the audit log: every change is audited in its own transaction.
 */
import type { Db } from '@keyferry/db'
import type { AuditAction } from '@keyferry/schemas'
import { readHead } from './audit-head.ts'

/** A place in the audit log of the instance. What was committed before it was read is at or before it. */
export interface AuditPlace {
  seq: number
  /** Names the chain: a log that was restarted counts again from the beginning. */
  chain: string
}

/** What is audited and changes nothing. */
const READS: readonly AuditAction[] = ['secret.read', 'secret.list', 'secret.read-tree']

/** Null where nothing was audited yet. */
export async function auditPlace(db: Db): Promise<AuditPlace | null> {
  const head = await readHead(db)
  return head ? { seq: head.seq, chain: head.key } : null
}

/**
 * The present place, if the project did not change since `since`; else null. One look at the end of the log where
 * nothing was audited.
 */
export async function unchangedSince(db: Db, projectId: string, since: AuditPlace): Promise<AuditPlace | null> {
  const now = await auditPlace(db)
  if (!now || now.chain !== since.chain || now.seq < since.seq) return null
  if (now.seq === since.seq) return now
  const change = await db
    .selectFrom('audit')
    .where('projectId', '=', projectId)
    .where('seq', '>', since.seq)
    .where('seq', '<=', now.seq)
    .where('action', 'not in', READS)
    .select('id')
    .limit(1)
    .executeTakeFirst()
  return change ? null : now
}
