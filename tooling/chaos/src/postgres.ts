/** A Postgres of our own that can be killed: fsync on, as in production. */
import { setTimeout as pause } from 'node:timers/promises'
import { createPostgres } from '@keyferry/vitest/postgres-server'

export interface KillablePostgres {
  url: string
  /** SIGKILL to the server, then a start on what is on the disk. Resolves when it takes connections again. */
  crash(): Promise<void>
  stop(): Promise<void>
}

const STARTS = 50

/** A running server with its data below `home`. Throws when this machine cannot run one. */
export async function startPostgres(home: string): Promise<KillablePostgres> {
  const server = await createPostgres({ home, settings: ['max_connections=300'] })
  await server.start()
  return {
    url: server.url,
    async crash() {
      await server.crash()
      for (let tries = 1; ; tries += 1) {
        try {
          await server.start()
          return
        } catch {
          // Its orphaned children still hold the shared memory.
          if (tries === STARTS) throw new Error('Postgres does not start again after it was killed')
          await pause(100)
        }
      }
    },
    stop: server.stop,
  }
}
