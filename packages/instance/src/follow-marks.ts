import type { Context } from '@keyferry/core/context'

const EVERY_MS = 2_000

/** Takes in, every two seconds, what other processes ended, so that this one refuses it too. */
export function followMarks(ctx: Context): { stop(): Promise<void> } {
  let going: Promise<void> | null = null
  const go = (): void => {
    going ??= ctx.authority
      .catchUp(ctx.db)
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
