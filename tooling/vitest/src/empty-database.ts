/** The database that the packed server comes with, for every test that needs one: it takes ten seconds to make. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { madeOnce } from './once.ts'

const MAKE = join(import.meta.dirname, '../../pack/src/empty-database-process.ts')
const NAME = 'database.tar.gz'

/** Path of an archive (tar, gzip) of a database as PGlite's `initdb` leaves it. Made once per test run. */
export async function emptyDatabase(): Promise<string> {
  const folder = await madeOnce('empty-database', (made) =>
    promisify(execFile)(process.execPath, ['--liftoff-only', MAKE, join(made, NAME)]),
  )
  return join(folder, NAME)
}
