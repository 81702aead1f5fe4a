/**
 * One Postgres for the whole test run: the one at TEST_DATABASE_URL, else a throw-away server. Where neither can run,
 * the suites that need it are skipped and the run says so.
 */
import type { TestProject } from 'vitest/node'
import { createPostgres } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of a Postgres, or empty when there is none. */
    postgresUrl: string
  }
}

/** Nothing needs to reach the disk, and hundreds of small databases need no upkeep. */
const THROWN_AWAY = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=8GB',
  'checkpoint_timeout=1h',
  'autovacuum=off',
  'jit=off',
]

export default async function postgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {}
  }
  try {
    // The fleet of the chaos test takes a hundred, and each test process keeps those of the databases it lends.
    const server = await createPostgres({ settings: ['max_connections=400', ...THROWN_AWAY] })
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
