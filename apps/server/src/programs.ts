/** What `keyferry start` runs. The packed server has these files elsewhere (tooling/pack). */
import { join } from 'node:path'

const APPS = join(import.meta.dirname, '../..')

/** API, console and worker in one process, or one part of a fleet. */
export const PROGRAMS = {
  all: join(APPS, 'server/src/main.ts'),
  api: join(APPS, 'api/src/main.ts'),
  worker: join(APPS, 'worker/src/main.ts'),
} as const
