/** What a test run makes once, for the first test that needs it: the other processes of the run wait for it. */
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inject, vi } from 'vitest'
import type {} from './templates.ts'

/** On a busy machine. */
const MADE_MS = 300_000

/**
 * The path of the run's directory `name`. `make` fills the directory that it is called with, which then gets that name.
 * Rejects with the error of `make`; the next call tries again.
 */
export async function madeOnce(name: string, make: (directory: string) => Promise<unknown>): Promise<string> {
  const made = join(inject('templates'), name)
  const unfinished = `${made}-unfinished`
  if (await isThere(made)) return made
  if (!(await isFirst(unfinished))) {
    await vi.waitFor(() => access(made), { timeout: MADE_MS, interval: 100 })
    return made
  }
  try {
    await make(unfinished)
    await rename(unfinished, made)
    return made
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const isFirst = (directory: string): Promise<boolean> =>
  mkdir(directory).then(
    () => true,
    () => false,
  )
