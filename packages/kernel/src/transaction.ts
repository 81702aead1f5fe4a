import { isCollision } from '@keyferry/db'
import type { Context, Tx } from './context.ts'

const TRIES = 5
const FIRST_WAIT_MS = 10

/**
 * Runs `work` in a transaction, and again, a few times, when Postgres undid it because another one was in its way (a dead-lock, a serialization
 * failure): nothing of it happened then. `work` must leave no trace outside the transaction.
 */
export async function transact<T>(ctx: Pick<Context, 'db' | 'metrics'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ctx.db.transaction().execute(work)
    } catch (error) {
      if (tries === TRIES || !isCollision(error)) throw error
      ctx.metrics.storeCollided()
      const { promise, resolve } = Promise.withResolvers<void>()
      // Spread out, so that the two do not meet again.
      setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries * (0.5 + Math.random()))
      await promise
    }
  }
}

/**
 * A writer's transaction in which its caller's rights are checked again before anything else, and stand until it ends. For writers that take no
 * project's place (`lockProject`), where the same is done. Throws `NotFound` and `Forbidden`.
 */
export function transactChecked<T>(
  ctx: Pick<Context, 'db' | 'metrics' | 'caller'>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return transact(ctx, async (tx) => {
    await ctx.caller?.verify(tx)
    return work(tx)
  })
}

/**
 * One consistent look at the store, so that a folder is never half before and half after a change. In SQLite every transaction is
 * one; Postgres needs the isolation level. Use `tx` only, and do no long work inside: in SQLite everybody else waits.
 */
export function snapshot<T>(ctx: Pick<Context, 'db'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  const transaction = ctx.db.transaction()
  return ctx.db.dialect === 'postgres'
    ? transaction.setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
    : transaction.execute(work)
}
