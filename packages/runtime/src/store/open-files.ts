import { existsSync, readFileSync } from 'node:fs'
import { StartupError } from '../startup-error.ts'

/** The queue's database has about a hundred open, each connection one. */
const LEAST = 256
const LIMITS = '/proc/self/limits'

/**
 * Throws `StartupError` where this process may not open as many files as it needs: what fails then, here or later, says
 * so in few cases. Known on Linux only.
 */
export function refuseFewFiles(): void {
  const limit = existsSync(LIMITS) ? Number(/^Max open files +(\d+)/m.exec(readFileSync(LIMITS, 'utf8'))?.[1]) : NaN
  if (limit < LEAST)
    throw new StartupError(
      `This process may open ${limit} files and connections at once, and needs ${LEAST} at least. Raise the limit (ulimit -n, or LimitNOFILE of systemd). Nothing was changed.`,
    )
}
