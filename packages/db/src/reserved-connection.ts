/** A connection of the pool that only a few statements may use. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PostgresPool } from 'kysely'

const reserved = new AsyncLocalStorage<true>()

/**
 * Runs `work`, whose statements do not wait for a free connection where the store is Postgres: one is kept for them,
 * which all of a process share. For short statements that wait for no lock, and that others must not hold up.
 */
export const onReservedConnection = <T>(work: () => Promise<T>): Promise<T> => reserved.run(true, work)

/** `pool`, beside which `reserve` serves `onReservedConnection`. */
export const withReserve = (pool: PostgresPool, reserve: PostgresPool): PostgresPool => ({
  options: pool.options,
  connect: () => (reserved.getStore() ? reserve : pool).connect(),
  async end() {
    await Promise.all([pool.end(), reserve.end()])
  },
})
