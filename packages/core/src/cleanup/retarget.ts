/** Pointing a sync elsewhere: what it wrote at the old place is remembered until the new place holds it. */
import { randomUUID } from 'node:crypto'
import type { SyncTable } from '@keyferry/db'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import type { SyncMessage } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import type { SyncSpec } from '../apply/target.ts'
import { destination } from '../destinations/registry.ts'
import { endLeaseOfSync } from '../lease/lease.ts'
import type { StoredOptions } from '../sync/options.ts'
import { targetAliases } from '../sync/target-aliases.ts'

/**
 * Inside the transaction that points `stored` at `next`: remembers the old place with the keys the ledger has there, to
 * be left once the sync has applied `revision`. Under the deletion policy `none` they stay there and are nobody's, and
 * a run that is on ends. A place that was still to be left and is pointed at again is simply ours again, with what the
 * ledger has there.
 */
export async function retarget(
  ctx: Context,
  tx: Tx,
  stored: Selectable<SyncTable>,
  next: Pick<SyncSpec, 'target' | 'targetKey' | 'options'>,
  revision: number,
): Promise<void> {
  await tx.deleteFrom('departures').where('syncId', '=', stored.id).where('targetKey', '=', next.targetKey).execute()
  const oldTarget = { syncId: stored.id, targetKey: stored.targetKey }
  const { deletionPolicy }: StoredOptions = JSON.parse(next.options)
  // Under another name of its host the old place is the new one.
  if (deletionPolicy === 'none' || targetAliases(next.targetKey).includes(stored.targetKey)) {
    await tx
      .deleteFrom('ledger')
      .where('syncId', '=', oldTarget.syncId)
      .where('targetKey', '=', oldTarget.targetKey)
      .execute()
    await endLeaseOfSync(tx, oldTarget)
    return
  }
  const { keys } = await tx
    .selectFrom('ledger')
    .where('syncId', '=', oldTarget.syncId)
    .where('targetKey', '=', oldTarget.targetKey)
    .select((eb) => eb.fn.countAll<number | string>().as('keys'))
    .executeTakeFirstOrThrow()
  const { targetLabel } = destination(stored.destination)
  const label = (target: string) => targetLabel(JSON.parse(target))
  // Kept without keys too: a run that is on may still write there.
  await tx
    .insertInto('departures')
    .values({
      ...oldTarget,
      id: randomUUID(),
      connectionId: stored.connectionId,
      target: stored.target,
      revision,
      message:
        Number(keys) === 0
          ? ''
          : JSON.stringify({
              code: 'cleanup-waits',
              keys: Number(keys),
              target: label(stored.target),
              next: label(next.target),
            } satisfies SyncMessage),
      attempts: 0,
      retryAt: null,
      createdAt: timestamp(ctx),
    })
    .execute()
}
