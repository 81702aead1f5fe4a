/** The transactions in which runs write. Runs that write at about the same time share one. */
import { batchLoader, boundRows, byBytes, inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import { transact, transactWithoutDiskWait, type Context, type Tx } from '@keyferry/kernel'
import { heldLeases, type HeldLease } from './held-leases.ts'

export interface RunWork {
  ctx: Context
  held: HeldLease
  /** May be done more than once, of which one is committed: leaves no trace elsewhere. */
  work: (tx: Tx) => Promise<void>
  /** Rows that it writes, about. */
  rows: number
  /** Frees the target. */
  frees: boolean
  /** When the machine fails, the store may be as if it had not been. */
  mayBeForgotten: boolean
}

/** Of one run, beyond which it has a transaction of its own: the others would wait for it. */
const MOST_ROWS = 200

/** Does the work while the lease is held; answers false, and did nothing, when it is lost. */
export const commitRunWork = (work: RunWork): Promise<boolean> =>
  work.rows > MOST_ROWS ? commit([work]).then((done) => done.has(work)) : shared(work.ctx.db, work)

const shared = batchLoader(async (_db: Db, works: readonly RunWork[]): Promise<(work: RunWork) => boolean | Error> => {
  try {
    const done = await commit(works)
    return (work) => done.has(work)
  } catch (error) {
    if (works.length === 1) throw error
    // What went wrong with one of them is not to be the others' trouble.
    const alone = new Map<RunWork, boolean | Error>()
    for (const work of works) alone.set(work, await commit([work]).then((done) => done.has(work), asError))
    return (work) => alone.get(work) ?? false
  }
})

/** Those of `works` whose lease was still theirs. */
async function commit(works: readonly RunWork[]): Promise<ReadonlySet<RunWork>> {
  const [first] = works
  if (!first) return new Set()
  const carryOut = async (tx: Tx): Promise<ReadonlySet<RunWork>> => {
    // First, as everywhere: the lease's row is locked before a sync's, so that no two transactions wait for each other.
    const rows = await lockHeld(tx, { held: boundRows(works.map(({ held }) => held)) })
    const holders = new Set(rows.map(({ holder }) => holder))
    const done = works.filter(({ held }) => holders.has(held.holder))
    const freed = done.flatMap(({ held, frees }) => (frees ? held.targetKey : []))
    if (freed.length > 0) await freeTargets(tx, { targetKeys: freed })
    const ended = await Promise.allSettled(done.map(({ work }) => work(tx)))
    // Only now that none of them is at work any more.
    const failed = ended.find((work) => work.status === 'rejected')
    if (failed) throw failed.reason
    return new Set(done)
  }
  const mayBeForgotten = works.every((work) => work.mayBeForgotten)
  return mayBeForgotten ? transactWithoutDiskWait(first.ctx, carryOut) : transact(first.ctx, carryOut)
}

const lockHeld = keptQuery((db, slot: Slot<{ held: string }>) =>
  heldLeases(db, slot('held'))
    // Locks rows in key order to avoid dead-locks between concurrent multi-row updates.
    .orderBy('leases.targetKey', byBytes(db))
    .select('leases.holder')
    .forUpdate('leases'),
)

const freeTargets = keptQuery((db, slot: Slot<{ targetKeys: readonly string[] }>) =>
  db
    .updateTable('leases')
    .set({ holder: null })
    .where((eb) => inList(db, eb.ref('targetKey'), slot('targetKeys'))),
)

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
