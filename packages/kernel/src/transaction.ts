/** The only way to open a transaction. A lint rule forbids others. */
import { inSnapshot, isCollision, withoutDiskWait, type Tables, type Transaction } from '@keyferry/db'
import type { Kysely } from 'kysely'
import { announce } from './announce.ts'
import type { Context, Tx } from './context.ts'

const TRIES = 5
const FIRST_WAIT_MS = 10

/**
 * Runs `work` in a transaction. Retries it, up to five tries in all, when the database rolled it back because of
 * another transaction (a dead-lock, a serialization failure). So `work` must have no effect outside the transaction.
 * After the last try it throws the database's error, which HTTP answers with 503. `metrics` counts the retries; it is
 * absent where the context doesn't exist yet.
 */
export async function transact<T, D = Tables>(
  ctx: { db: Pick<Kysely<D>, 'transaction'>; metrics?: Pick<Context['metrics'], 'storeCollided'> },
  work: (tx: Transaction<D>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      let opened: Transaction<D> | undefined
      const result = await ctx.db.transaction().execute((tx) => {
        opened = tx
        return work(tx)
      })
      if (opened) announce(opened)
      return result
    } catch (error) {
      if (tries === TRIES || !isCollision(error)) throw error
      ctx.metrics?.storeCollided()
      const { promise, resolve } = Promise.withResolvers<void>()
      // Random, so that the two don't collide again.
      setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries * (0.5 + Math.random()))
      await promise
    }
  }
}

/**
 * The same for what is worth nothing once the machine has failed, such as who is at work on what: the commit does not
 * wait for the disk (`withoutDiskWait`).
 */
export const transactWithoutDiskWait = <T>(
  ctx: Pick<Context, 'db'> & Partial<Pick<Context, 'metrics'>>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => withoutDiskWait(ctx.db, (db) => transact({ ...ctx, db }, work))

/**
 * A writer's transaction in which its caller's rights are checked again before anything else, and stand until it ends.
 * For writers that take no project's place (`lockProject`), where the same is done. Throws `NotFound` and `Forbidden`.
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
 * One consistent look at the store, so that a folder is never half before and half after a change. Postgres needs the
 * isolation level; SQLite, in which every transaction is such a look, ignores it. Use `tx` only, and do no long work
 * inside: in SQLite everybody else waits.
 */
export function snapshot<T>(ctx: Pick<Context, 'db'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  const transaction = ctx.db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read')
  return inSnapshot(() => transaction.execute(work))
}
