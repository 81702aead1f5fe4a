/** Keys that a sync leaves alone: they are neither written nor deleted. */
import { amend } from '@keyferry/db'
import { audit, BadRequest, timestamp, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { MAX_EXCLUDED_KEYS } from '@keyferry/schemas'
import { findSync, noSuchSync, syncRow, type SyncAddress } from '../sync/find.ts'
import type { ExcludedKey, StoredOptions } from '../sync/options.ts'
import { publishSync } from '../sync/publish.ts'
import { requestRun } from '../sync/request-run.ts'
import type { SyncRow } from '../sync/row.ts'

type Keys = SyncAddress & { keys: readonly string[] }

/**
 * Excludes secrets by key, with the reason; what the destination holds of them stays as it is. One that is excluded
 * already gets the new reason. Throws `BadRequest` beyond the limit.
 */
export function excludeKeys(ctx: Context, actor: Actor, input: Keys & { reason: string }): Promise<SyncRow> {
  const { keys, reason } = input
  const by = actor.name
  const at = timestamp(ctx)
  return change(ctx, actor, input, { action: 'secret-sync-exclude-keys', reason }, (present) => {
    const all = [...without(present, keys), ...[...new Set(keys)].map((key) => ({ key, reason, by, at }))]
    if (all.length > MAX_EXCLUDED_KEYS)
      throw new BadRequest(
        `A sync can exclude at most ${MAX_EXCLUDED_KEYS} keys; use a folder of its own for what it shall not send`,
      )
    return all
  })
}

/** Has the sync send them again. Throws `BadRequest` for one that is not excluded. */
export function includeKeys(ctx: Context, actor: Actor, input: Keys): Promise<SyncRow> {
  return change(ctx, actor, input, { action: 'secret-sync-include-keys' }, (present) => {
    const unknown = input.keys.find((key) => !present.some((excluded) => excluded.key === key))
    if (unknown !== undefined) throw new BadRequest(`The key ${unknown} is not excluded from this sync`)
    return without(present, input.keys)
  })
}

const without = (present: readonly ExcludedKey[], keys: readonly string[]): ExcludedKey[] =>
  present.filter(({ key }) => !keys.includes(key))

async function change(
  ctx: Context,
  actor: Actor,
  input: Keys,
  { action, ...details }: { action: 'secret-sync-exclude-keys' | 'secret-sync-include-keys'; reason?: string },
  next: (present: readonly ExcludedKey[]) => ExcludedKey[],
): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  const runs = await transactChecked(ctx, async (tx) => {
    const present = await tx
      .selectFrom('syncs')
      .where('id', '=', sync.id)
      .select(['options', 'autoSync', 'wanted', 'applied'])
      .forUpdate()
      .executeTakeFirst()
    if (!present) throw noSuchSync(sync.id)
    const { options, autoSync, wanted, applied } = present
    const stored: StoredOptions = JSON.parse(options)
    const excluded = next(stored.excluded ?? [])
    // A plan that waits for an approval was made without this.
    await amend(tx, 'syncs', sync.id, { options: JSON.stringify({ ...stored, excluded }), approvedPlan: null })
    await tx
      .updateTable('syncs')
      .set((eb) => ({ version: eb('version', '+', 1), updatedAt: timestamp(ctx) }))
      .where('id', '=', sync.id)
      .execute()
    await audit(ctx, tx, actor, action, sync.projectId, {
      syncId: sync.id,
      name: sync.name,
      keys: input.keys,
      ...details,
    })
    // Without auto-sync, changes that wait for a person are not sent because of this.
    const isRun = autoSync === 1 || wanted === applied
    if (isRun) await requestRun(ctx, tx, actor, 'edit', [sync.id])
    return isRun
  })
  if (runs) await ctx.queue.wake([sync.id])
  const row = await syncRow(ctx, sync.id)
  publishSync(ctx, sync, row.state)
  return row
}
