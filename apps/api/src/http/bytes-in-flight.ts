import { TooManyRequests, Unavailable } from '@keyferry/kernel'

/** Seconds until it is worth asking again. */
const LATER = 2

interface Limits {
  /** In the message, such as `large answers`. */
  what: string
  perPrincipal: number
  perProcess: number
}

/** The bytes that one request holds. */
export interface HeldBytes {
  /** Bytes so far. */
  readonly count: number
  /**
   * Throws `TooManyRequests` when all requests of the principal hold too many, `Unavailable` when the process does. The
   * first request always fits.
   */
  add(bytes: number): void
  /** The same, and refuses nothing. */
  hold(bytes: number): void
  release(): void
}

/** Counts bytes in memory that belong to requests: those of a principal, and those of the process. */
export function bytesInFlight({ what, perPrincipal, perProcess }: Limits): (principal: string) => HeldBytes {
  const held = new Map<string, number>()
  let all = 0
  return (principal) => {
    let own = 0
    const hold = (bytes: number): void => {
      own += bytes
      all += bytes
      held.set(principal, (held.get(principal) ?? 0) + bytes)
    }
    return {
      hold,
      get count() {
        return own
      },
      add(bytes) {
        const before = held.get(principal) ?? 0
        if (before > own && before + bytes > perPrincipal)
          throw new TooManyRequests(LATER, `You have too many ${what} under way`)
        if (all > own && all + bytes > perProcess)
          throw new Unavailable(`Too many ${what} are under way; try again in a moment`)
        hold(bytes)
      },
      release() {
        const rest = (held.get(principal) ?? 0) - own
        if (rest > 0) held.set(principal, rest)
        else held.delete(principal)
        all -= own
        own = 0
      },
    }
  }
}
