import { repeat, type Context, type Repeated } from '@keyferry/kernel'

const EVERY_MS = 2_000

/**
 * Takes in, every two seconds, what other processes ended, so that this one refuses it too, and the key that they seal
 * with once it was rotated.
 */
export const followMarks = (ctx: Context): Repeated =>
  repeat(EVERY_MS, () => Promise.all([ctx.authority.catchUp(ctx.db), ctx.authority.refresh()]), {
    atOnce: false,
    failed: (error) => ctx.log.debug({ err: error }, 'what other processes ended could not be read'),
  })
