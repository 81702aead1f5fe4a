import { auditRepeated, OutOfReach, Unresolvable } from '@keyferry/kernel'
import type { RequestContext } from './context.ts'
import { failureOf } from './errors.ts'

/** Says in the log what a call could not decrypt: a lost key or an altered store, which the operator has to know of. */
export function logUndecryptable({ ctx, reqId }: RequestContext, procedure: string, error: Error): void {
  if (!(error.cause instanceof Unresolvable)) return
  const problems = error.cause.problems.filter(({ code }) => code === 'undecryptable')
  if (problems.length > 0)
    ctx.log.error({ reqId, procedure, problems: problems.slice(0, 10) }, 'what is stored cannot be decrypted')
}

/**
 * Notes in the audit log that somebody who proved who they are may not call `procedure` with what they sent. An id out
 * of their reach and one that nothing has are noted alike, so that the time of the answer reveals nothing either.
 */
export async function auditRefusal({ ctx, actor }: RequestContext, procedure: string, error: Error): Promise<void> {
  if (!actor) return
  const { status, message } = failureOf(error)
  if (status !== 403 && !(error.cause instanceof OutOfReach)) return
  const details = { procedure, message: message.slice(0, 300) }
  await auditRepeated(ctx, { actor, action: 'access.refused', subject: procedure, known: true, details })
}
