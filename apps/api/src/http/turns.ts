/**
 * How many requests of a kind run at a time, for one principal and in the whole process. Others wait for their turn, in
 * order.
 */
import { TooManyRequests, Unavailable } from '@keyferry/kernel'
import { bulkhead, isBulkheadRejectedError, type BulkheadPolicy } from 'cockatiel'
import type { Weight } from '../rest/route.ts'

interface Lane {
  running: number
  waiting: number
}

/**
 * What reads and unseals much is done by one thread: more of it at a time only takes memory. Vendors' answers are
 * waited for. Small reads of secrets share their statements, and each waits for its row of the audit log.
 * Changes wait for the store's one writer, or for the lock of their project.
 */
const LANES: Record<Weight, { principal: Lane; process: Lane }> = {
  store: { principal: { running: 2, waiting: 100 }, process: { running: 3, waiting: 400 } },
  vendor: { principal: { running: 5, waiting: 20 }, process: { running: 40, waiting: 100 } },
  secrets: { principal: { running: 20, waiting: 100 }, process: { running: 40, waiting: 400 } },
  change: { principal: { running: 20, waiting: 400 }, process: { running: 40, waiting: 1_000 } },
}
/** Seconds until it is worth asking again. */
const LATER = 1

/**
 * Runs `work` when it is its turn. Throws `TooManyRequests` when as many of the principal wait already as may,
 * `Unavailable` when the process has no more room; rejects with the reason of `left`, the client's leaving, where it
 * comes first.
 */
export type Turns = <T>(weight: Weight, principal: string, left: AbortSignal, work: () => Promise<T>) => Promise<T>

/** One count for the process. */
export function turns(): Turns {
  const lanes = { store: lane('store'), vendor: lane('vendor'), secrets: lane('secrets'), change: lane('change') }
  return (weight, principal, left, work) => lanes[weight](principal, left, work)
}

function lane(weight: Weight) {
  const { principal: most, process } = LANES[weight]
  const all = bulkhead(process.running, process.waiting)
  const principals = new Map<string, BulkheadPolicy>()
  return async <T>(principal: string, left: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const own = principals.get(principal) ?? bulkhead(most.running, most.waiting)
    principals.set(principal, own)
    const refused = (error: unknown, instead: Error): never => {
      left.throwIfAborted()
      throw isBulkheadRejectedError(error) ? instead : error
    }
    const inProcess = () =>
      all
        .execute(work, left)
        .catch((error: unknown) => refused(error, new Unavailable('Keyferry is busy; try again in a moment')))
    try {
      return await own.execute(inProcess, left)
    } catch (error) {
      return refused(
        error,
        new TooManyRequests(LATER, 'Too many requests of this kind at a time; send fewer of them together'),
      )
    } finally {
      if (own.executionSlots === most.running && own.queueSlots === most.waiting) principals.delete(principal)
    }
  }
}
