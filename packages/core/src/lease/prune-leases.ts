import { databaseTime } from '@keyferry/db'
import { DAY_MS, type Context } from '@keyferry/kernel'

/** A run that slept for longer finds another holder, or none, at its next check. */
const KEPT_MS = DAY_MS

/** Removes the leases of targets that no sync writes to, and none has to leave. */
export async function pruneLeases(ctx: Context): Promise<void> {
  await ctx.db
    .deleteFrom('leases')
    .where('expiresAt', '<', databaseTime(ctx.db, -KEPT_MS))
    .where('targetKey', 'not in', (eb) => eb.selectFrom('syncs').select('targetKey'))
    .where('targetKey', 'not in', (eb) => eb.selectFrom('departures').select('targetKey'))
    .execute()
}
