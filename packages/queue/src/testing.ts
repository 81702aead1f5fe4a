/** For tests only. */
import { randomUUID } from 'node:crypto'
import { cpSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type {} from '@keyferry/vitest/templates'
import { pino } from 'pino'
import { inject } from 'vitest'
import { createQueue } from './queue.ts'

/**
 * Makes `dir` the directory of an embedded queue as a first start leaves it. That takes seconds, so the whole test run
 * makes it once.
 */
export async function copyEmptyQueue(dir: string): Promise<void> {
  // A thousand files, at a third of what the asynchronous copy takes.
  cpSync(await template(), dir, { recursive: true })
}

async function template(): Promise<string> {
  const made = join(inject('templates'), 'queue')
  if (await stat(made).catch(() => null)) return made
  const own = `${made}-${randomUUID()}`
  const jobs = createQueue({ backend: { kind: 'embedded', dir: own }, log: pino({ level: 'silent' }) })
  await jobs.start()
  await jobs.stop()
  // Another process may have been faster.
  await rename(own, made).catch(() => rm(own, { recursive: true }))
  return made
}
