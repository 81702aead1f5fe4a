import { setTimeout as delay } from 'node:timers/promises'
import { storeTrouble } from '@keyferry/db'
import { certificateProblem } from '@keyferry/schemas/certificate-problem'
import type { Logger } from 'pino'
import { diskOf, isDiskLow, megabytes } from '../monitoring/disk.ts'
import { StartupError } from '../startup-error.ts'
import { STORE_WORDS } from '../monitoring/store-words.ts'

/** Milliseconds that a database gets to come up beside us. */
export const STARTUP_TIMEOUT_MS = 30_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4_000

/**
 * Does `work` as soon as the database can be reached, trying for `timeoutMs`. Throws `StartupError` when it cannot by
 * then, or when it refuses us for a reason that waiting does not heal.
 */
export async function whenReachable<T>(
  work: () => Promise<T>,
  { log, timeoutMs }: { log: Logger; timeoutMs: number },
): Promise<T> {
  const until = performance.now() + timeoutMs
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StartupError) throw error
      const trouble = storeTrouble(error)
      const passing = trouble === 'unreachable' || trouble === 'overloaded'
      if (passing && performance.now() + wait < until) {
        log.warn({ reason: reasonOf(error) }, 'the database cannot be reached yet; trying again')
        await delay(wait)
        continue
      }
      // The message of the driver may hold the address, never the password.
      const tried = passing ? ` (tried for ${Math.round(timeoutMs / 1000)} s)` : ''
      throw new StartupError(
        `The database of DATABASE_URL cannot be used: ${reasonOf(error)}${tried}${remedy(error)}`,
        error,
      )
    }
  }
}

/**
 * Does `work` on a store that is there or isn't: nothing waits for it. `name`: its file, or where its URL comes from.
 * Throws `StartupError` when the store is in trouble.
 */
export async function whenUsable<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (storeTrouble(error) === null) throw error
    throw new StartupError(`The store ${name} cannot be used: ${reasonOf(error)}${remedy(error)}`, error)
  }
}

/**
 * Runs a step of the start that writes to files in `dir`. Throws `StartupError` when it fails and the user's quota is
 * used up, or hardly anything is free there: the errors of a full disk have many forms, and few of them say so.
 */
export async function whenRoom<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StartupError) throw error
    // Of a quota, the free space says nothing.
    if (error instanceof Error && 'code' in error && error.code === 'EDQUOT')
      throw new StartupError(`Nothing more can be written to ${dir}. ${STORE_WORDS.failing}`, error)
    const space = await diskOf(dir)
    if (!isDiskLow(space)) throw error
    throw new StartupError(`${megabytes(space.free)} are free in ${dir}. ${STORE_WORDS.full}`, error)
  }
}

function remedy(error: unknown): string {
  const trouble = storeTrouble(error)
  const passes = trouble === null || trouble === 'unreachable' || trouble === 'overloaded'
  return passes ? '' : `. ${STORE_WORDS[trouble]} Nothing was changed.`
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return certificateProblem(error) ?? (error instanceof Error ? error.message : String(error))
}
