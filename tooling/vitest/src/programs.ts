/**
 * The programs of the product as files to start: bundled as the packages are, because a process that loads each of its
 * thousand modules from the source takes twice the time. Bundled once per test run, for the first test that needs one.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { madeOnce } from './once.ts'

const BUNDLE = join(import.meta.dirname, '../../pack/src/test-programs-process.ts')

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
  bundled ??= madeOnce('programs', (folder) => promisify(execFile)(process.execPath, [BUNDLE, folder]))
  const folder = await bundled
  return { file: join(folder, `${name}.js`), NODE_COMPILE_CACHE: join(folder, 'compile-cache') }
}
