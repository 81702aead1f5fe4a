import { DestinationError, type Change } from '../destination.ts'
import type { Http } from '../http.ts'
import { importVariables, INVALID_BODY, type Place } from './api.ts'

export type Write = Exclude<Change, { action: 'delete' }>

export interface ChunkEnd {
  accepted: readonly Write[]
  refused: readonly { change: Write; error: DestinationError }[]
}

/**
 * The server writes one variable per transaction, so a large call is slow and cut off by proxies (trigger.dev issue
 * 1411).
 */
const KEYS_PER_CALL = 100
const CHARACTERS_PER_CALL = 512 * 1024

export const NOTHING: ChunkEnd = { accepted: [], refused: [] }

/**
 * Sends all writes at once, secret and readable ones apart because the flag is one per call. Each promise is one chunk:
 * it ends with what the vendor took and what it refused, or throws trouble that concerns the whole target.
 */
export function writeInChunks(
  http: Http,
  place: Place,
  writes: readonly Write[],
  cancel: AbortSignal,
): Promise<ChunkEnd>[] {
  return [true, false].flatMap((secret) =>
    chunksOf(writes.filter((change) => (change.flags.secret ?? false) === secret)).map((chunk) => send(chunk, secret)),
  )

  async function send(chunk: readonly Write[], secret: boolean): Promise<ChunkEnd> {
    try {
      await importVariables(http, place, chunk, secret, cancel)
      return { accepted: chunk, refused: [] }
    } catch (error) {
      if (!(error instanceof DestinationError) || concernsTarget(error) || cancel.aborted) throw error
      // One import is many transactions: when it is refused, halves find the variable that is to blame.
      const halves = chunk.length > 1 && (error.status === 400 || error.status === 413) && error.code !== INVALID_BODY
      if (!halves) return { accepted: [], refused: chunk.map((change) => ({ change, error })) }
      const middle = Math.ceil(chunk.length / 2)
      const ends = await Promise.allSettled([send(chunk.slice(0, middle), secret), send(chunk.slice(middle), secret)])
      return ends.reduce((sum, end) => {
        if (end.status === 'rejected') throw end.reason
        return { accepted: [...sum.accepted, ...end.value.accepted], refused: [...sum.refused, ...end.value.refused] }
      }, NOTHING)
    }
  }
}

/** The credential, a target that is gone, and throttling past all waiting: every other change would meet the same. */
export const concernsTarget = ({ kind }: DestinationError): boolean =>
  kind === 'auth' || kind === 'missing' || kind === 'throttled'

function chunksOf(writes: readonly Write[]): Write[][] {
  const chunks: Write[][] = []
  let size = 0
  for (const change of writes) {
    const last = chunks.at(-1)
    const length = change.key.length + change.value.length
    if (last && last.length < KEYS_PER_CALL && size + length <= CHARACTERS_PER_CALL) {
      last.push(change)
      size += length
    } else {
      chunks.push([change])
      size = length
    }
  }
  return chunks
}
