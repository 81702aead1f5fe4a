/** For tests only. */
import { cpSync } from 'node:fs'
import { madeOnce } from '@keyferry/vitest/once'
import { pino } from 'pino'
import { createQueue } from './queue.ts'

/**
 * Makes `dir` the directory of an embedded queue as a first start leaves it. That takes seconds, so the whole test run
 * makes it once.
 */
export async function copyEmptyQueue(dir: string): Promise<void> {
  const made = await madeOnce('queue', async (directory) => {
    const jobs = createQueue({ backend: { kind: 'embedded', dir: directory }, log: pino({ level: 'silent' }) })
    await jobs.start()
    await jobs.stop()
  })
  // A thousand files, at a third of what the asynchronous copy takes.
  cpSync(made, dir, { recursive: true })
}
