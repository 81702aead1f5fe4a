/** The ledger as a run writes it: entries that land together go down in one transaction, under the lease. */
import { transact, type Context } from '@keyferry/kernel'
import type { Lease } from '../lease/lease.ts'
import { record, type Entry, type LedgerScope } from './ledger.ts'

export interface Journal {
  /** Resolves when the entries are committed. Rejects with `LeaseLost` when another run took over. */
  add(...entries: readonly Entry[]): Promise<void>
  /** The key's last entry says that its old value may be gone and the new one is not there. */
  isReplacing(key: string): boolean
}

export function journal(ctx: Context, place: LedgerScope, lease: Lease): Journal {
  const last = new Map<string, Entry['kind']>()
  let waiting: Entry[] = []
  let flush: Promise<void> = Promise.resolve()
  let scheduled = false

  const write = async (): Promise<void> => {
    scheduled = false
    // One entry per key and transaction: `record` writes the kinds apart, so order within a batch would be lost.
    const batch = new Map<string, Entry>()
    for (const entry of waiting) batch.set(entry.key, entry)
    waiting = []
    await transact(ctx, async (tx) => {
      await lease.checkIn(tx)
      await record(ctx, tx, place, [...batch.values()])
    })
  }

  return {
    isReplacing: (key) => last.get(key) === 'replacing',
    add(...entries) {
      if (entries.length === 0) return Promise.resolve()
      for (const entry of entries) last.set(entry.key, entry.kind)
      waiting.push(...entries)
      if (!scheduled) {
        scheduled = true
        // Queued behind the transaction under way, so that everything that lands meanwhile shares the next one.
        flush = flush
          .catch(() => {})
          .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
          .then(write)
      }
      return flush
    },
  }
}
