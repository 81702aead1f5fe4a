/** A Postgres of one test's own, for what the shared one must not be put through. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort, importWithoutExitHooks } from './postgres.ts'

export interface OwnPostgres {
  url: string
  /** Ends every connection, as an administrator's restart does. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** A server with an empty database, running; it goes with the test. Throws where this machine cannot run one. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'keyferry-own-postgres-'))
  const { default: EmbeddedPostgres } = await importWithoutExitHooks()
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  })
  let running = false
  const own: OwnPostgres = {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      if (running) await server.stop()
      running = false
    },
    async start() {
      await server.start()
      running = true
    },
  }
  onTestFinished(async () => {
    await own.stop()
    await rm(databaseDir, { recursive: true, force: true })
  })
  await server.initialise()
  await own.start()
  return own
}
