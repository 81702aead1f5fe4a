/**
 * The programs of the product as files to start: bundled as the packages are, because a process that loads each of its
 * thousand modules from the source takes twice the time. Bundled once per test run, for the first test that needs one.
 */
import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject, vi } from 'vitest'
import type {} from './templates.ts'

const BUNDLE = join(import.meta.dirname, '../../pack/src/test-programs-process.ts')
/** On a busy machine. */
const BUNDLED_MS = 120_000

export type ProgramName = 'server' | 'api' | 'worker' | 'keyferry'

export interface Program {
  /** For `node`. */
  file: string
  /** For its environment. Apart from that of the sources: it goes with the files. */
  NODE_COMPILE_CACHE: string
}

let bundled: Promise<string> | undefined

/** Throws when the programs can't be bundled. */
export async function program(name: ProgramName): Promise<Program> {
  bundled ??= bundle(join(inject('templates'), 'programs'))
  const folder = await bundled
  return { file: join(folder, `${name}.js`), NODE_COMPILE_CACHE: join(folder, 'compile-cache') }
}

/** Resolves to `folder`. The first process of the run writes it, the others wait. */
async function bundle(folder: string): Promise<string> {
  const unfinished = `${folder}-unfinished`
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    )
  if (await isThere(folder)) return folder
  const isFirst = await mkdir(unfinished).then(
    () => true,
    () => false,
  )
  if (!isFirst) {
    await vi.waitFor(() => access(folder), { timeout: BUNDLED_MS, interval: 100 })
    return folder
  }
  try {
    await promisify(execFile)(process.execPath, [BUNDLE, unfinished])
    await rename(unfinished, folder)
    return folder
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}
