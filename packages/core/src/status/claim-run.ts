/** The first transaction of a run. Runs that begin at about the same time share one. */
import { batchLoader, type Db } from '@keyferry/db'
import { transactWithoutDiskWait, type Context } from '@keyferry/kernel'
import { claimLeases, takeLeaseBy, type Lease } from '../lease/lease.ts'
import { claimDue, dueClaim, type DueClaim, type DueSync } from '../sync/due.ts'

export interface ClaimedRun {
  lease: Lease
  /** As it is by now; undefined when it is no longer due, or points elsewhere. */
  sync: DueSync | undefined
}

/** Takes the target's lease and marks the sync, which was loaded as due, as running; null while the target is busy. */
export async function claimRun(ctx: Context, sync: DueSync, runId: string): Promise<ClaimedRun | null> {
  const due = dueClaim(ctx, sync)
  let claimed: DueSync | undefined
  const lease = await takeLeaseBy(ctx, { targetKey: sync.targetKey, holder: runId }, async () => {
    const won = await claims(ctx.db, { due, holder: runId })
    claimed = won?.sync
    return won?.fence ?? null
  })
  return lease && { lease, sync: claimed }
}

interface Claim {
  due: DueClaim
  /** The run's ID. */
  holder: string
}

const claims = batchLoader((db: Db, asked: readonly Claim[]) =>
  transactWithoutDiskWait({ db }, async (tx) => {
    const fences = await claimLeases(
      tx,
      asked.map(({ due, holder }) => ({ targetKey: due.targetKey, holder })),
    )
    const won = asked.filter(({ holder }) => fences.has(holder))
    const syncs = await claimDue(
      tx,
      won.map(({ due }) => due),
    )
    return ({ due, holder }: Claim) => {
      const fence = fences.get(holder)
      return fence === undefined ? null : { fence, sync: syncs.get(due.id) }
    }
  }),
)
