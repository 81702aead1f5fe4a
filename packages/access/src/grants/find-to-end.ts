import { endMissing, type EndedAlone } from '@keyferry/db'
import { NotFound, type Context } from '@keyferry/kernel'

/**
 * What `find` finds, for a caller who is about to end it. Where it throws `NotFound`, the row with these values may
 * have been taken out of the database, to be put back later: it ends if this process read it. Not inside a transaction.
 */
export async function findToEnd<T>(
  ctx: Pick<Context, 'db' | 'authority'>,
  table: EndedAlone,
  values: Readonly<Record<string, string>>,
  find: () => Promise<T>,
): Promise<T> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof NotFound) await endMissing(ctx.db, ctx.authority, table, values)
    throw error
  }
}
