/** For tests only. */
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { promisify } from 'node:util'
import { emptyDatabase } from '@keyferry/vitest/empty-database'
import { madeOnce } from '@keyferry/vitest/once'
import { pino } from 'pino'
import { createQueue } from './queue.ts'

/**
 * Makes `dir` the directory of an embedded queue as a first start of the packed server leaves it. That takes seconds,
 * so the whole test run makes it once.
 */
export async function copyEmptyQueue(dir: string): Promise<void> {
  const made = await madeOnce('queue', async (directory) => {
    await promisify(execFile)('tar', ['-xzf', await emptyDatabase(), '-C', directory])
    const jobs = createQueue({ backend: { kind: 'embedded', dir: directory }, log: pino({ level: 'silent' }) })
    await jobs.start()
    await jobs.stop()
  })
  // A thousand files, at a third of what the asynchronous copy takes.
  cpSync(made, dir, { recursive: true })
}
