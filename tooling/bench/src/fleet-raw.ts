import { openBoss, QUEUE } from '@keyferry/queue/backend'
import type { Logger } from 'pino'

const LANES = 8

/**
 * Jobs per second of pg-boss alone on the database of `databaseUrl`, with our queue's own options: `jobs` are sent at once, lanes fetch
 * and complete them one by one, and so on for some rounds.
 */
export async function rawJobsPerSecond(
  databaseUrl: string,
  { rounds, jobs, log }: { rounds: number; jobs: number; log: Logger },
): Promise<number> {
  const { boss, close } = await openBoss({ kind: 'fleet', databaseUrl }, log)
  const drain = async (): Promise<void> => {
    for (;;) {
      const [job] = await boss.fetch(QUEUE)
      if (!job) return
      await boss.complete(QUEUE, job.id)
    }
  }
  const began = performance.now()
  for (let round = 0; round < rounds; round += 1) {
    await boss.insert(
      QUEUE,
      Array.from({ length: jobs }, (_, i) => ({ data: { syncId: `sync-${i}` }, singletonKey: `sync-${i}` })),
    )
    await Promise.all(Array.from({ length: LANES }, drain))
  }
  const perSecond = (rounds * jobs * 1000) / (performance.now() - began)
  await close()
  return perSecond
}
