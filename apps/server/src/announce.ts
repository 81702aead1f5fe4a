/** What the process says of itself on stdout: text on a terminal, elsewhere lines of its log. */
import { resolve } from 'node:path'
import type { Env } from '@keyferry/runtime'
import { createLog } from '@keyferry/runtime/log'
import { banner } from './banner.ts'
import type { Running } from './start.ts'

const STOPPING = 'Stopping after the running syncs. Press Ctrl-C again to stop immediately.'
const STOPPED = 'Keyferry stopped. What was not synced yet is synced after the next start.'

export interface Announcer {
  serving(running: Running): void
  stopping(): void
  stopped(): void
}

/** Its lines come at every `LOG_LEVEL`: without the first nobody can set the instance up. */
export function announcer(env: Env): Announcer {
  if (process.stdout.isTTY) {
    return {
      serving: (running) => print(banner(running, env)),
      stopping: () => print(STOPPING),
      stopped: () => print(STOPPED),
    }
  }
  const log = createLog('info')
  return {
    serving({ url, version, setup }) {
      log.info(
        {
          url,
          version,
          dataDir: resolve(env.KEYFERRY_DATA_DIR),
          store: env.DATABASE_URL === undefined ? 'sqlite' : 'postgres',
          rootKey: env.KEYFERRY_ROOT_KEY === undefined ? 'root.key in the data directory' : 'environment',
        },
        `Keyferry ${version} serves on ${url}`,
      )
      if (setup) log.warn({ ...setup }, 'nothing is set up yet: open the link to create the first account')
    },
    stopping: () => log.info(STOPPING.split('. ', 1)[0]),
    stopped: () => log.info(STOPPED),
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)
