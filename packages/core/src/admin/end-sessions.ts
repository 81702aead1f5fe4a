import { withOwnNames } from '@keyferry/db'
import { audit } from '../audit.ts'
import type { Actor, Context } from '../context.ts'
import { transact } from '../transaction.ts'

/**
 * Signs everybody out: sessions, access tokens of machines, links for a new password and sign-ins that wait for a second factor end. API keys and
 * client secrets stay. After a restore, what ended since the backup was made is open again until this is done. Returns how many of each ended.
 */
export function endSessions(ctx: Context, actor: Actor): Promise<{ sessions: number; accessTokens: number }> {
  return transact(ctx, async (tx) => {
    const accounts = withOwnNames(tx).withTables<{ session: { id: string }; verification: { id: string } }>()
    const present = new Set((await tx.introspection.getTables()).map(({ name }) => name))
    let sessions = 0
    if (present.has('session'))
      sessions = Number((await accounts.deleteFrom('session').executeTakeFirst()).numDeletedRows)
    if (present.has('verification')) await accounts.deleteFrom('verification').execute()
    const accessTokens = Number((await tx.deleteFrom('accessTokens').executeTakeFirst()).numDeletedRows)
    await audit(ctx, tx, actor, 'instance.end-sessions', null, { sessions, accessTokens })
    return { sessions, accessTokens }
  })
}
