/** The transactions in which runs end. Runs that end at about the same time share one. */
import { batchLoader, boundRows, byBytes, inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import { transact, transactWithoutDiskWait, type Context, type Tx } from '@keyferry/kernel'
import { heldLeases, type HeldLease } from './held-leases.ts'

export interface RunEnd {
  ctx: Context
  held: HeldLease
  /** May be done more than once, of which one is committed: leaves no trace elsewhere. */
  work: (tx: Tx) => Promise<void>
  /** The run wrote nothing. When the machine fails, it is as if it had not been: the sync is due. */
  wroteNothing: boolean
}

/** Does the work and frees the target, in one transaction; answers false, and did nothing, when the lease is lost. */
export const finishRun = batchLoader(
  async (_db: Db, ends: readonly RunEnd[]): Promise<(end: RunEnd) => boolean | Error> => {
    try {
      const ended = await commit(ends)
      return (end) => ended.has(end)
    } catch (error) {
      if (ends.length === 1) throw error
      // What went wrong with one of them is not to be the others' trouble.
      const alone = new Map<RunEnd, boolean | Error>()
      for (const end of ends) alone.set(end, await commit([end]).then((ended) => ended.has(end), asError))
      return (end) => alone.get(end) ?? false
    }
  },
)

/** Those of `endings` that still had their lease. */
async function commit(ends: readonly RunEnd[]): Promise<ReadonlySet<RunEnd>> {
  const [first] = ends
  if (!first) return new Set()
  const settle = async (tx: Tx): Promise<ReadonlySet<RunEnd>> => {
    // First, as everywhere: the lease's row is locked before a sync's, so that no two transactions wait for each other.
    const freed = await free(
      tx,
      ends.map(({ held }) => held),
    )
    const ended = ends.filter(({ held }) => freed.has(held.holder))
    const works = await Promise.allSettled(ended.map(({ work }) => work(tx)))
    // Only now that none of them is at work any more.
    const failed = works.find((work) => work.status === 'rejected')
    if (failed) throw failed.reason
    return new Set(ended)
  }
  const isQuiet = ends.every(({ wroteNothing }) => wroteNothing)
  return isQuiet ? transactWithoutDiskWait(first.ctx, settle) : transact(first.ctx, settle)
}

/** The holders whose leases were still theirs. */
async function free(tx: Tx, held: readonly HeldLease[]): Promise<ReadonlySet<string>> {
  const rows = await lockHeld(tx, { held: boundRows(held) })
  await freeTargets(tx, { targetKeys: rows.map(({ targetKey }) => targetKey) })
  return new Set(rows.flatMap(({ holder }) => holder ?? []))
}

const lockHeld = keptQuery((db, slot: Slot<{ held: string }>) =>
  heldLeases(db, slot('held'))
    // Locks rows in key order to avoid dead-locks between concurrent multi-row updates.
    .orderBy('leases.targetKey', byBytes(db))
    .select(['leases.targetKey', 'leases.holder'])
    .forUpdate('leases'),
)

const freeTargets = keptQuery((db, slot: Slot<{ targetKeys: readonly string[] }>) =>
  db
    .updateTable('leases')
    .set({ holder: null })
    .where((eb) => inList(db, eb.ref('targetKey'), slot('targetKeys'))),
)

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
