/**
 * The programs of the product as files to start: the packages that are published, because a process that loads each of
 * its thousand modules from the source takes twice the time. Bundled once per test run, for the first test that needs
 * one.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { emptyDatabase } from './empty-database.ts'
import { madeOnce } from './once.ts'

const BUNDLE = join(import.meta.dirname, '../../pack/src/test-installation-process.ts')
const PACKAGES = { server: 'keyferry-server', api: 'keyferry-server', worker: 'keyferry-server', keyferry: 'keyferry' }

export type ProgramName = keyof typeof PACKAGES

export interface Program {
  /** For `node`. */
  file: string
  /** For its environment. Apart from that of the sources: it goes with the files. */
  NODE_COMPILE_CACHE: string
}

let bundled: Promise<string> | undefined

/**
 * The folder of an installation, whose `node_modules` has `keyferry` and `keyferry-server` as they are packed. Throws
 * when they can't be bundled.
 */
export function installation(): Promise<string> {
  bundled ??= madeOnce('programs', async (folder) =>
    promisify(execFile)(process.execPath, [BUNDLE, folder, await emptyDatabase()]),
  )
  return bundled
}

/** Throws when the programs can't be bundled. */
export async function program(name: ProgramName): Promise<Program> {
  const folder = await installation()
  return {
    file: join(folder, 'node_modules', PACKAGES[name], `${name}.js`),
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
  }
}
