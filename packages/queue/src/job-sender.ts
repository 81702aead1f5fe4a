/** How wake-ups become jobs, of which there is one at most for each sync. */
import { batchLoader } from '@keyferry/db'
import type { TraceCarrier, WakeHint } from '@keyferry/kernel'
import type { PgBoss } from 'pg-boss'
import { QUEUE } from './backend.ts'

export interface Payload {
  syncId: string
  /** What it was woken in. Of several changes that one job delivers, the first. */
  trace?: TraceCarrier
}

interface Wake {
  syncIds: readonly string[]
  trace: TraceCarrier
}

interface Sending {
  hints(syncIds: readonly string[]): Promise<Map<string, WakeHint>>
  /** Milliseconds that a job of this sync has to wait, unless it is urgent. */
  waitOf(syncId: string): number
  /** So many jobs are new. */
  onSent(jobs: number): void
}

const BACKGROUND = 0
const URGENT = 10

/** Sends jobs for what is woken at about the same time. Resolves to the milliseconds that those wait which have to. */
export const jobSender = ({
  hints,
  waitOf,
  onSent,
}: Sending): ((boss: PgBoss, wake: Wake) => Promise<ReadonlyMap<string, number>>) =>
  batchLoader(async (boss: PgBoss, asked: readonly Wake[]) => {
    const traces = new Map(
      asked.toReversed().flatMap(({ syncIds, trace }) => syncIds.map((syncId) => [syncId, trace] as const)),
    )
    const dataOf = (syncId: string): Payload => ({ syncId, trace: traces.get(syncId) ?? {} })
    // In one order, so that no two processes that send several wait for each other.
    const syncIds = [...traces.keys()].sort()
    const known = await hints(syncIds)
    const isUrgent = (syncId: string): boolean => known.get(syncId)?.urgent === true
    const waits = new Map(
      syncIds.flatMap((syncId) => {
        const wait = isUrgent(syncId) ? 0 : waitOf(syncId)
        return wait > 0 ? [[syncId, wait] as const] : []
      }),
    )
    // One statement for all; those that are queued or active already are skipped by the policy.
    const inserted = await boss.insert(
      QUEUE,
      syncIds.map((syncId) => {
        const hint = known.get(syncId)
        return {
          data: dataOf(syncId),
          singletonKey: syncId,
          priority: isUrgent(syncId) ? URGENT : BACKGROUND,
          startAfter: (waits.get(syncId) ?? 0) / 1000,
          ...(hint ? { group: { id: hint.group } } : {}),
        }
      }),
      { returnId: true },
    )
    const sent = inserted?.length ?? 0
    onSent(sent)
    if (sent < syncIds.length) {
      // Somebody requested this one while it waited: for the end of a burst, or among background jobs. The sweep, which
      // wakes many, need not care.
      const alone = new Set(asked.flatMap((one) => (one.syncIds.length === 1 ? one.syncIds : [])))
      for (const syncId of alone) {
        if (isUrgent(syncId))
          await boss.update(QUEUE, dataOf(syncId), { singletonKey: syncId, priority: URGENT, startAfter: 0 })
      }
    }
    return (wake) => new Map([...waits].filter(([syncId]) => wake.syncIds.includes(syncId)))
  })
