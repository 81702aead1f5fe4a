import { openBoss, QUEUE } from '@keyferry/queue'
import type { Logger } from 'pino'

const LANES = 8

/**
 * Jobs per second of pg-boss alone on the database of `databaseUrl`, with our queue's own options: `jobs` are sent at
 * once, then lanes fetch and complete them, `atOnce` with one statement each.
 */
export async function rawJobsPerSecond(
  databaseUrl: string,
  { jobs, atOnce, log }: { jobs: number; atOnce: number; log: Logger },
): Promise<number> {
  const { boss, close } = await openBoss({ kind: 'fleet', databaseUrl }, log)
  const drain = async (): Promise<void> => {
    for (;;) {
      const fetched = await boss.fetch(QUEUE, { batchSize: atOnce })
      if (fetched.length === 0) return
      await boss.complete(
        QUEUE,
        fetched.map(({ id }) => id),
      )
    }
  }
  const began = performance.now()
  await boss.insert(
    QUEUE,
    Array.from({ length: jobs }, (_, i) => ({ data: { syncId: `sync-${i}` }, singletonKey: `sync-${i}` })),
  )
  await Promise.all(Array.from({ length: LANES }, drain))
  const perSecond = (jobs * 1000) / (performance.now() - began)
  await close()
  return perSecond
}
