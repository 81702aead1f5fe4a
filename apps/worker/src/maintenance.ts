import { continueInstanceRotations, continueRotations, pruneAuditDaily } from '@keyferry/core'
import { SYSTEM, type Context } from '@keyferry/kernel'
import { purgeTrash } from '@keyferry/vault'

const EVERY_MS = 5_000

/**
 * What the vault needs from time to time: continues rotations of keys, throws away what was deleted long
 * enough ago, and takes rows older than `auditDays` off the audit log.
 */
export function startMaintenance(ctx: Context, auditDays: number | null): { stop(): Promise<void> } {
  const abort = new AbortController()
  let going: Promise<void> | null = null
  const go = (): void => {
    going ??= maintain(ctx, auditDays, abort.signal).finally(() => {
      going = null
    })
  }
  const timer = setInterval(go, EVERY_MS)
  go()
  return {
    async stop() {
      clearInterval(timer)
      abort.abort()
      await going
    },
  }
}

async function maintain(ctx: Context, auditDays: number | null, signal: AbortSignal): Promise<void> {
  try {
    await continueRotations(ctx, signal)
    await continueInstanceRotations(ctx)
    await purgeTrash(ctx)
    if (auditDays !== null) await pruneAuditDaily(ctx, SYSTEM, { days: auditDays })
  } catch (error) {
    ctx.log.warn({ err: error }, 'the maintenance of the vault failed; it is tried again')
  }
}
