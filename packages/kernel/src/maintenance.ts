import { holdMigrations, letOthersWrite } from '@keyferry/db'
import type { Context, Tx } from './context.ts'
import { StoreTooNew } from './errors.ts'
import { transact } from './transaction.ts'

/**
 * Runs work that re-encrypts, prunes or purges in a transaction, and no migration beside it. Rests after a long one, so
 * that callers may begin the next batch at once. Throws `StoreTooNew` when the store knows a migration that this code
 * does not: a newer version may keep, under the same keys or behind the same rows, data that this one doesn't know.
 */
export async function maintain<T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> {
  const begin = performance.now()
  const result = await transact(ctx, async (tx) => {
    const [unknown] = await holdMigrations(ctx.db, tx)
    if (unknown !== undefined) throw new StoreTooNew(unknown)
    return work(tx)
  })
  await letOthersWrite(ctx.db, performance.now() - begin)
  return result
}

/**
 * Whether a transaction that also does other work may prune: not once a newer version has brought the store up to date,
 * nor beside a migration.
 */
export async function mayMaintain(ctx: Pick<Context, 'db'>, tx: Tx): Promise<boolean> {
  return (await holdMigrations(ctx.db, tx)).length === 0
}
