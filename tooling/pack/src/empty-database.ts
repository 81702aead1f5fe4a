import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A database as PGlite's `initdb` leaves it (tar, gzip), which a first start copies: the same bytes each time. */
export async function newDatabase(): Promise<Uint8Array> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-database-'))
  try {
    const file = join(dir, 'database.tar.gz')
    // Optimising WebAssembly that runs once costs more than it gains, and half a gigabyte.
    const options = ['--liftoff-only', join(import.meta.dirname, 'empty-database-process.ts'), file]
    await promisify(execFile)(process.execPath, options)
    return await readFile(file)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
