import { continueRotations } from '@keyferry/core/admin/rotate-data-key'
import type { Context } from '@keyferry/core/context'
import { purgeTrash } from '@keyferry/core/vault/trash'

const EVERY_MS = 5_000

/** What the vault needs from time to time: goes on with data keys that are being rotated, and throws away what was deleted long enough ago. */
export function startUpkeep(ctx: Context): { stop(): Promise<void> } {
  const abort = new AbortController()
  let going: Promise<void> | null = null
  const go = (): void => {
    going ??= keepUp(ctx, abort.signal).finally(() => {
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

async function keepUp(ctx: Context, signal: AbortSignal): Promise<void> {
  try {
    await continueRotations(ctx, signal)
    await purgeTrash(ctx)
  } catch (error) {
    ctx.log.warn({ err: error }, 'the upkeep of the vault failed; it is tried again')
  }
}
