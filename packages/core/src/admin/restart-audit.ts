import { amend } from '@keyferry/db'
import { audit, lockHead, maintain, makeHead, mark, readHead, type Actor, type Context } from '@keyferry/kernel'
import { organizationKeyOf } from '@keyferry/vault'
import { sql } from 'kysely'

/**
 * Begins a new chain under a new key. The rows that are there stay as they are, before it, and what they say is sealed
 * with it. For a log whose end was taken away, and to rotate the key of the chain; what was wrong with the log until
 * now can't be seen afterwards, so verify it first.
 */
export function restartAudit(ctx: Context, actor: Actor): Promise<void> {
  return maintain(ctx, async (tx) => {
    if (await readHead(tx)) await lockHead(ctx, tx)
    const { first, last } = await tx
      .selectFrom('audit')
      .select((eb) => [eb.fn.min('seq').as('first'), eb.fn.max('seq').as('last')])
      .executeTakeFirstOrThrow()
    // Below every place that is taken, so that no two rows are in one on the way.
    const shift = Math.max(0, last ?? 0) - Math.min(0, first ?? 0) + 1
    await sql`update audit set seq = seq - ${shift}`.execute(tx)
    await tx.deleteFrom('auditFloors').execute()
    await makeHead(ctx, tx, await organizationKeyOf(tx), { replaces: true })
    await mark(ctx, tx, 0, 0, { always: true })
    // Streams follow the new chain, also one that is being delivered to now.
    for (const { id } of await tx.selectFrom('auditStreams').select('id').execute())
      await amend(tx, 'auditStreams', id, { seq: 0 })
    await tx.updateTable('auditStreams').set({ holder: '', leasedUntil: '' }).execute()
    await audit(ctx, tx, actor, 'instance.restart-audit', null, {})
  })
}
