/** Whether the server answers, as every request and the live feed find out. */
import { createStore, useStore } from '../store.ts'

/** `slow`: a request has waited for long. */
export type Connection = 'up' | 'slow' | 'lost'

/** After this, a person wonders whether anything happens. */
const SLOW_MS = 8000
/** Longer than the server gives any request. */
const GIVE_UP_MS = 150_000

let isFeedDown = false
let isUnanswered = false
let waitingLong = 0
const connection = createStore<Connection>('up')
const changed = () => connection.set(isFeedDown || isUnanswered ? 'lost' : waitingLong > 0 ? 'slow' : 'up')

/** The live feed of the open project went away or returned. */
export function setFeedDown(isDown: boolean): void {
  isFeedDown = isDown
  changed()
}

/** `fetch` that notes whether an answer came, and gives up on one that never comes. */
export async function watchedFetch(input: RequestInfo | URL | string, init: RequestInit = {}): Promise<Response> {
  let isSlow = false
  const timer = setTimeout(() => {
    isSlow = true
    waitingLong++
    changed()
  }, SLOW_MS)
  const limit = AbortSignal.timeout(GIVE_UP_MS)
  try {
    const answer = await fetch(input, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit })
    isUnanswered = false
    return answer
  } catch (error) {
    // A page that is left gives up what it was waiting for.
    if (init.signal?.aborted !== true) isUnanswered = true
    throw error
  } finally {
    clearTimeout(timer)
    if (isSlow) waitingLong--
    changed()
  }
}

export const useConnection = (): Connection => useStore(connection)
