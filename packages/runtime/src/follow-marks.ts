import type { Context } from '@keyferry/kernel'

const EVERY_MS = 2_000

/**
 * Takes in, every two seconds, what other processes ended, so that this one refuses it too, and the key that they seal
 * with once it was rotated.
 */
export function followMarks(ctx: Context): { stop(): Promise<void> } {
  let going: Promise<void> | null = null
  const go = (): void => {
    going ??= Promise.all([ctx.authority.catchUp(ctx.db), ctx.authority.refresh()])
      .then(() => undefined)
      .catch((error: unknown) => ctx.log.debug({ err: error }, 'what other processes ended could not be read'))
      .finally(() => {
        going = null
      })
  }
  const timer = setInterval(go, EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await going
    },
  }
}
