/** How many live event streams are open, for one principal and in the whole process. */
import { TooManyRequests, Unavailable } from '@keyferry/kernel'

const PER_PRINCIPAL = 20
const PER_PROCESS = 500
/** Seconds until it is worth asking again. */
const LATER = 30

/**
 * Counts a stream until `ended` aborts. Throws `TooManyRequests` when the principal has as many open as one may,
 * `Unavailable` when the process has.
 */
export type OpenStream = (principal: string, ended: AbortSignal) => void

/** One count for the process. */
export function streams(): OpenStream {
  const open = new Map<string, number>()
  let all = 0
  return (principal, ended) => {
    const own = open.get(principal) ?? 0
    if (own >= PER_PRINCIPAL)
      throw new TooManyRequests(LATER, `You have ${PER_PRINCIPAL} live event streams open, the most one may have`)
    if (all >= PER_PROCESS) throw new Unavailable('Too many live event streams are open; try again later')
    if (ended.aborted) return
    open.set(principal, own + 1)
    all += 1
    ended.addEventListener(
      'abort',
      () => {
        const rest = (open.get(principal) ?? 1) - 1
        if (rest > 0) open.set(principal, rest)
        else open.delete(principal)
        all -= 1
      },
      { once: true },
    )
  }
}
