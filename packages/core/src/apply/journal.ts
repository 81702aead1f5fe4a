/** The ledger as a run writes it: entries that land together go down in one transaction, under the lease. */
import { batchLoader } from '@keyferry/db'
import { transact, transactWithoutDiskWait, type Context, type Tx } from '@keyferry/kernel'
import type { Lease } from '../lease/lease.ts'
import { record, type Entry, type LedgerScope } from './ledger.ts'

export interface Journal {
  /** Resolves when the entries are committed. Rejects with `LeaseLost` when another run took over. */
  add(...entries: Entry[]): Promise<void>
  /** The same in one transaction with what `work` writes: before the first call that changes something. */
  begin(work: ((tx: Tx) => Promise<void>) | undefined, entries: readonly Entry[]): Promise<void>
  /** The key's last entry says that its old value may be gone and the new one is not there. */
  isReplacing(key: string): boolean
}

export function journal(ctx: Context, place: LedgerScope, lease: Lease): Journal {
  const last = new Map<string, Entry['kind']>()
  const scope = { ctx, place, lease }
  const remember = (entries: readonly Entry[]): void => {
    for (const entry of entries) last.set(entry.key, entry.kind)
  }
  return {
    isReplacing: (key) => last.get(key) === 'replacing',
    async add(...entries) {
      if (entries.length === 0) return
      remember(entries)
      await write(scope, entries)
    },
    async begin(work, entries) {
      remember(entries)
      await transact(ctx, async (tx) => {
        await lease.checkIn(tx)
        await work?.(tx)
        await record(ctx, tx, place, entries)
      })
    },
  }
}

const write = batchLoader(
  async ({ ctx, place, lease }: { ctx: Context; place: LedgerScope; lease: Lease }, added: readonly Entry[][]) => {
    // One entry per key and transaction: `record` writes the kinds apart, so order within a batch would be lost.
    const batch = new Map(added.flat().map((entry) => [entry.key, entry]))
    const commit = async (tx: Tx): Promise<void> => {
      await lease.checkIn(tx)
      await record(ctx, tx, place, [...batch.values()])
    }
    // An intent is on the disk before its call. What has landed is there at the run's end: a machine that fails before
    // leaves the intent, as one that fails right after the call does.
    const isIntent = [...batch.values()].some(({ kind }) => kind === 'creating' || kind === 'replacing')
    await (isIntent ? transact(ctx, commit) : transactWithoutDiskWait(ctx, commit))
    return () => undefined
  },
  // One transaction after the other: a key's entries are written in their order.
  { maxBatch: Infinity },
)
