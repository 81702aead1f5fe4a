/**
 * One Postgres for the whole test run: the one at TEST_DATABASE_URL, else a throw-away server. Where neither can run, the suites that need it
 * are skipped and the run says so.
 */
import type { TestProject } from 'vitest/node'
import { createPostgres } from './postgres-server.ts'

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
  try {
    // The data are thrown away, so nothing needs to reach the disk.
    const server = await createPostgres({ settings: ['fsync=off', 'max_connections=200'] })
    await server.start()
    project.provide('postgresUrl', server.url)
    return server.remove
  } catch (error) {
    project.provide('postgresUrl', '')
    console.warn(
      `skipped: every suite on Postgres, because no server could be started (${String(error)}); set TEST_DATABASE_URL to run them`,
    )
    return async () => {}
  }
}
