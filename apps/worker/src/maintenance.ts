import { continueInstanceRotations, continueRotations, pruneAuditDaily } from '@keyferry/core'
import { repeat, SYSTEM, type Context, type Repeated } from '@keyferry/kernel'
import { purgeTrash } from '@keyferry/vault'

const EVERY_MS = 5_000

/**
 * What the vault needs from time to time: continues rotations of keys, throws away what was deleted long
 * enough ago, and takes rows older than `auditDays` off the audit log.
 */
export function startMaintenance(ctx: Context, auditDays: number | null): Repeated {
  const abort = new AbortController()
  const repeated = repeat(EVERY_MS, () => maintain(ctx, auditDays, abort.signal), {
    failed: (error) => ctx.log.warn({ err: error }, 'the maintenance of the vault failed; it is tried again'),
  })
  return {
    stop() {
      abort.abort()
      return repeated.stop()
    },
  }
}

async function maintain(ctx: Context, auditDays: number | null, signal: AbortSignal): Promise<void> {
  await continueRotations(ctx, signal)
  await continueInstanceRotations(ctx)
  await purgeTrash(ctx)
  if (auditDays !== null) await pruneAuditDaily(ctx, SYSTEM, { days: auditDays })
}
