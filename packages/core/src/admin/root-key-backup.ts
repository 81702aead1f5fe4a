/** Whether somebody confirmed that there is a copy of the root key. The audit log says so, as long as it is kept. */
import { audit, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type { rootKeyBackup } from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'

type RootKeyBackup = z.output<typeof rootKeyBackup>
const ACTION = 'instance.root-key-backup'

/** When that was confirmed last; null if never. */
export async function getRootKeyBackup(ctx: Context): Promise<RootKeyBackup> {
  const confirmed = await ctx.db
    .selectFrom('audit')
    // In the text of the statement: the index has only these rows.
    .where('action', '=', sql.lit(ACTION))
    .orderBy('seq', 'desc')
    .limit(1)
    .select('at')
    .executeTakeFirst()
  return { confirmedAt: confirmed?.at ?? null }
}

/** Confirms it in the audit log. */
export async function confirmRootKeyBackup(ctx: Context, actor: Actor): Promise<RootKeyBackup> {
  await transactChecked(ctx, (tx) => audit(ctx, tx, actor, ACTION, null, {}))
  return getRootKeyBackup(ctx)
}
