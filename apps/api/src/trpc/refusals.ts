import { auditRepeated } from '@keyferry/core/audit-repeated'
import type { RequestContext } from './context.ts'
import { failureOf } from './errors.ts'

/** Notes in the audit log that somebody who proved who they are may not call `procedure` with what they sent. */
export async function auditRefusal({ ctx, actor }: RequestContext, procedure: string, error: unknown): Promise<void> {
  if (!actor) return
  const { status, message } = failureOf(error)
  if (status !== 403) return
  const details = { procedure, message: message.slice(0, 300) }
  await auditRepeated(ctx, { actor, action: 'access.refused', subject: procedure, known: true, details })
}
