/** A Postgres of one test's own, for what the shared one must not be put through. */
import { onTestFinished } from 'vitest'
import { createPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts'

/** A server with an empty database, running; it ends with the test. Throws where this machine cannot run one. */
export async function ownPostgres(options: Pick<PostgresOptions, 'installed'> = {}): Promise<PostgresServer> {
  const server = await createPostgres({ ...options, settings: ['fsync=off', 'unix_socket_directories='] })
  onTestFinished(server.remove)
  await server.start()
  return server
}
