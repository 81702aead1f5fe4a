/** The ledger as a run writes it: entries that land together go down in one transaction, under the lease. */
import { batchLoader } from '@keyferry/db'
import type { Context, Tx } from '@keyferry/kernel'
import type { Lease } from '../lease/lease.ts'
import { record, type Entry, type LedgerScope } from './ledger.ts'

export interface Journal {
  /** Resolves when the entry is committed. Rejects with `LeaseLost` when another run took over. */
  add(entry: Entry): Promise<void>
  /** The same of what has landed: it may wait a moment for what lands at about the same time, or for `flush`. */
  addLanded(entry: Entry): Promise<void>
  /** Nothing more lands: what waits is written. */
  flush(): void
  /** The same in one transaction with what `work` writes: before the first call that changes something. */
  begin(work: ((tx: Tx) => Promise<unknown>) | undefined, entries: readonly Entry[]): Promise<void>
  /** What was last written down of the key by this run; undefined: nothing. */
  lastOf(key: string): Entry['kind'] | undefined
}

/** Milliseconds. Answers to calls that left together come a few apart; a transaction costs more than all their rows. */
const GATHER_MS = 5

export function journal(ctx: Context, place: LedgerScope, lease: Lease): Journal {
  const last = new Map<string, Entry['kind']>()
  const scope = { ctx, place, lease }
  const remember = (entries: readonly Entry[]): void => {
    for (const entry of entries) last.set(entry.key, entry.kind)
  }
  let landed: { entries: Entry[]; written: PromiseWithResolvers<void>; timer: NodeJS.Timeout } | undefined
  const flush = (): void => {
    if (!landed) return
    const { entries, written, timer } = landed
    landed = undefined
    clearTimeout(timer)
    write(scope, entries).then(written.resolve, written.reject)
  }
  return {
    lastOf: (key) => last.get(key),
    flush,
    async add(entry) {
      remember([entry])
      // Entries of a key are written in their order.
      flush()
      await write(scope, [entry])
    },
    addLanded(entry) {
      remember([entry])
      landed ??= { entries: [], written: Promise.withResolvers(), timer: setTimeout(flush, GATHER_MS) }
      landed.entries.push(entry)
      return landed.written.promise
    },
    async begin(work, entries) {
      remember(entries)
      const both = async (tx: Tx): Promise<void> => {
        await work?.(tx)
        await record(ctx, tx, place, entries)
      }
      await lease.write(both, { rows: entries.length, mayBeForgotten: false })
    },
  }
}

const write = batchLoader(
  async ({ ctx, place, lease }: { ctx: Context; place: LedgerScope; lease: Lease }, added: readonly Entry[][]) => {
    // One entry per key and transaction: `record` writes the kinds apart, so order within a batch would be lost.
    const batch = new Map(added.flat().map((entry) => [entry.key, entry]))
    const entries = [...batch.values()]
    // An intent is on the disk before its call. What has landed is there at the run's end: a machine that fails before
    // leaves the intent, as one that fails right after the call does.
    const mayBeForgotten = entries.every(({ kind }) => kind !== 'creating' && kind !== 'replacing')
    await lease.write((tx) => record(ctx, tx, place, entries), { rows: entries.length, mayBeForgotten })
    return () => undefined
  },
  // One transaction after the other: a key's entries are written in their order.
  { maxBatch: Infinity },
)
