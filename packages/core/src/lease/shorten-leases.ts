import { databaseTime } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { LEASE_MS } from './renew-lease.ts'

/**
 * Lets no lease last longer than one that is taken now. After the database's clock was set back, the lease of a run
 * that died would be held for as long as the clock was wrong; one that lives has its usual time to renew it.
 */
export async function shortenLeases(ctx: Context): Promise<void> {
  const longest = databaseTime(ctx.db, LEASE_MS)
  await ctx.db.updateTable('leases').set({ expiresAt: longest }).where('expiresAt', '>', longest).execute()
}
