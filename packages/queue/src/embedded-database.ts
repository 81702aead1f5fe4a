/** The Postgres in this process that the queue of one process is on. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import type { Logger } from 'pino'
import { EMPTY_DATABASE } from './empty-database.ts'

/**
 * Postgres touches all of its shared buffers, so the default of 128 MB is resident, though catalogue and queue take
 * less than ten. A statement's plan is kept whatever its values are: the table is small.
 */
const SETTINGS = ['shared_buffers=8MB', 'wal_buffers=64kB', 'max_connections=2', 'plan_cache_mode=force_generic_plan']
const START = [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])]

/** Opens the one in `dir`; creates it where there is none. */
export async function openDatabase(dir: string, log: Logger): Promise<PGlite> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (!existsSync(join(dir, 'PG_VERSION'))) {
    await createApart(dir).catch((error: unknown) =>
      log.warn({ err: error, dir }, 'the queue is created in this process, which takes more memory'),
    )
  }
  return PGlite.create({
    dataDir: dir,
    relaxedDurability: true,
    startParams: START,
  })
}

const CREATE = `
import { openAsBlob } from 'node:fs'
import { PGlite } from ${JSON.stringify(import.meta.resolve('@electric-sql/pglite'))}
const [dataDir, empty] = process.argv.slice(1)
const copied = empty && { loadDataDir: await openAsBlob(empty, { type: 'application/gzip' }) }
const pglite = await PGlite.create({ dataDir, startParams: ${JSON.stringify(START)}, ...copied })
await pglite.close()
`

/**
 * In a process of its own: creating a database takes 300 MB more than using it, which Node would keep, and seconds in
 * which no request would be answered. It is created beside `dir` and moved there when it is whole.
 */
async function createApart(dir: string): Promise<void> {
  const prefix = `${basename(dir)}-new-`
  // What is left of a start that was killed.
  const left = (await readdir(dirname(dir))).filter((name) => name.startsWith(prefix))
  await Promise.all(left.map((name) => rm(join(dirname(dir), name), { recursive: true, force: true })))
  const made = await mkdtemp(join(dirname(dir), prefix))
  try {
    // Without this process's environment, which may hold keys.
    const paths = EMPTY_DATABASE === null ? [made] : [made, EMPTY_DATABASE]
    const options = ['--liftoff-only', '--input-type=module', '--eval', CREATE, ...paths]
    await promisify(execFile)(process.execPath, options, { env: {} })
    await rm(dir, { recursive: true })
    await rename(made, dir)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    throw error
  }
}
