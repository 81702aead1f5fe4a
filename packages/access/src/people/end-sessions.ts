import { withOwnNames } from '@keyferry/db'
import { audit, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'

/**
 * Signs everybody out: sessions, access tokens of machines, links for a new password and sign-ins that wait for a
 * second factor end. API keys and client secrets stay. After a restore, what ended since the backup was made is open
 * again until this is done. Returns how many of each ended.
 */
export function endSessions(ctx: Context, actor: Actor): Promise<Ended> {
  return transact(ctx, async (tx) => {
    const ended = await endSessionsIn(tx)
    await audit(ctx, tx, actor, 'instance.end-sessions', null, { ...ended })
    return ended
  })
}

interface Ended {
  sessions: number
  accessTokens: number
}

/** The same in the caller's transaction, which audits it. */
export async function endSessionsIn(tx: Tx): Promise<Ended> {
  const accounts = withOwnNames(tx).withTables<{ session: { id: string }; verification: { id: string } }>()
  const present = new Set((await tx.introspection.getTables()).map(({ name }) => name))
  let sessions = 0
  if (present.has('session'))
    sessions = Number((await accounts.deleteFrom('session').executeTakeFirst()).numDeletedRows)
  if (present.has('verification')) await accounts.deleteFrom('verification').execute()
  const accessTokens = Number((await tx.deleteFrom('accessTokens').executeTakeFirst()).numDeletedRows)
  return { sessions, accessTokens }
}
