/**
 * What happened to syncs, as the notification centre of the console shows it: written in the transaction of its cause,
 * kept as long as runs are. A person who wants it by email gets it from here, too (event-mails.ts).
 */
import { randomUUID } from 'node:crypto'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import { kindOfNotice } from '@keyferry/schemas'
import { reachedOf } from '@keyferry/vault'
import type { DueSync } from '../sync/due.ts'
import type { Told } from './outbox.ts'

/** `at`: when it is shown, which may be later. */
export async function recordEvent(tx: Tx, sync: DueSync, { type, reason }: Told, at: string): Promise<void> {
  const id = randomUUID()
  await tx
    .insertInto('syncEvents')
    .values({
      id,
      projectId: sync.projectId,
      syncId: sync.id,
      type,
      reason: reason && JSON.stringify(reason),
      reached: reachedOf(sync),
      at,
    })
    .execute()
  const kind = kindOfNotice({ type, reason })
  const people =
    kind === null
      ? []
      : await tx
          .selectFrom('notificationPreferences')
          .where('kind', '=', kind)
          .where('delivery', '=', 'mail')
          .select('userId')
          .execute()
  if (people.length === 0) return
  const mails = people.map(({ userId }) => ({ eventId: id, userId, attempts: 0, sendAt: at }))
  await tx.insertInto('syncEventMails').values(mails).execute()
}

/** Removes what is not shown yet. */
export async function dropHeldBackEvents(ctx: Context, tx: Tx, syncId: string): Promise<void> {
  await tx.deleteFrom('syncEvents').where('syncId', '=', syncId).where('at', '>', timestamp(ctx)).execute()
}
