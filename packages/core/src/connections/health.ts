import type { ConnectionTable, Selectable } from '@keyferry/db'
import { timestamp, type Context } from '@keyferry/kernel'
import { DestinationError } from '../destinations/destination-error.ts'

/** A connection with the credential that was used. */
type Used = Pick<Selectable<ConnectionTable>, 'id' | 'credentials'>

/**
 * Keeps what the vendor last said against a credential, unless another one replaced it meanwhile; null when it worked.
 * Costs no write while all is well.
 */
export async function noteConnectionProblem(
  ctx: Context,
  { id, credentials }: Used,
  problem: string | null,
): Promise<void> {
  await ctx.db
    .updateTable('connections')
    .set({ problem, checkedAt: timestamp(ctx) })
    .where('id', '=', id)
    .where('credentials', '=', credentials)
    .$if(problem === null, (query) => query.where('problem', 'is not', null))
    .execute()
}

/** Does `work`, which calls the vendor with that credential, and keeps that the vendor refused it. */
export async function notingRefusal<T>(ctx: Context, used: Used, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DestinationError && error.kind === 'auth')
      await noteConnectionProblem(ctx, used, error.message)
    throw error
  }
}
