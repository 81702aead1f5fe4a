import { join } from 'node:path'

/** The console as `turbo build` leaves it. The packed server has them elsewhere (tooling/pack). */
export const CONSOLE_FILES = join(import.meta.dirname, '../../../web/dist')
