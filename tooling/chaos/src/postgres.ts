/** A Postgres of our own that can be killed: fsync on, as in production. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, importWithoutExitHooks } from '@keyferry/vitest/postgres'

export interface KillablePostgres {
  url: string
  /** Where its tables and its log of writes are. */
  dir: string
  /** SIGKILL to the server, then a start on what is on the disk. Resolves when it takes connections again. */
  crash(): Promise<void>
  stop(): Promise<void>
}

const STARTS = 50

/** Makes a server with its data in `dir`. Throws when this machine cannot run one. */
export async function startPostgres(dir: string): Promise<KillablePostgres> {
  const { default: EmbeddedPostgres } = await importWithoutExitHooks()
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const server = new EmbeddedPostgres({
    databaseDir: dir,
    port,
    user: 'postgres',
    password,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=300'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const pid = async (): Promise<number> => Number((await readFile(join(dir, 'postmaster.pid'), 'utf8')).split('\n')[0])
  let running = await pid()
  process.once('exit', () => {
    if (running > 0) process.kill(running, 'SIGQUIT')
  })
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    dir,
    async crash() {
      process.kill(running, 'SIGKILL')
      running = 0
      for (let tries = 1; ; tries += 1) {
        try {
          await server.start()
          running = await pid()
          return
        } catch {
          // Its orphaned children still hold the shared memory.
          if (tries === STARTS) throw new Error('Postgres does not start again after it was killed')
          await pause(100)
        }
      }
    },
    async stop() {
      running = 0
      await server.stop()
    },
  }
}
