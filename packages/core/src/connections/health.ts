import { timestamp, type Context } from '@keyferry/kernel'

/** Keeps what the vendor last said against a credential; null when it worked. Costs no write while all is well. */
export async function noteConnectionProblem(ctx: Context, connectionId: string, problem: string | null): Promise<void> {
  await ctx.db
    .updateTable('connections')
    .set({ problem, checkedAt: timestamp(ctx) })
    .where('id', '=', connectionId)
    .$if(problem === null, (query) => query.where('problem', 'is not', null))
    .execute()
}
