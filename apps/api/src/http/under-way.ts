/** Calls that are under way once the server has closed: their clients left, and their changes may still be made. */
import { setImmediate, setTimeout } from 'node:timers/promises'

/** Milliseconds that the server waits for them. A vendor may take longer to answer. */
const TIMEOUT_MS = 10_000

export interface UnderWay {
  /** Does `work`; the server is closed after it. */
  track<T>(work: () => Promise<T>): Promise<T>
  /** Resolves once nothing is under way, at the latest after `TIMEOUT_MS`. */
  ended(): Promise<void>
}

export function underWay(): UnderWay {
  const works = new Set<Promise<unknown>>()
  const allEnded = async (): Promise<void> => {
    while (works.size > 0) {
      await Promise.allSettled(works)
      // What comes after one of them, such as a procedure after its context, has begun by then.
      await setImmediate()
    }
  }
  return {
    async track(work) {
      const promise = work()
      works.add(promise)
      try {
        return await promise
      } finally {
        works.delete(promise)
      }
    },
    async ended() {
      const over = new AbortController()
      const late = setTimeout(TIMEOUT_MS, undefined, { signal: over.signal }).catch(() => undefined)
      await Promise.race([allEnded(), late])
      over.abort()
    },
  }
}
