/** How far the newest versions of a folder's own secrets have come, a page at a time. */
import type { Actor, Context } from '@keyferry/kernel'
import { TROUBLED_DELIVERIES, type folderDelivery, type folderDeliveryQuery, type KeyDelivery } from '@keyferry/schemas'
import { findFolder } from '@keyferry/vault'
import type { z } from 'zod'
import { destinationsOf, type FoundDestination } from './destinations-of.ts'

/** By key. Syncs whose results the caller may not see count for nothing. Throws `NotFound`, `TooLarge`. */
export async function readFolderDelivery(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof folderDeliveryQuery>,
): Promise<z.output<typeof folderDelivery>> {
  const { folder } = await findFolder(ctx.db, input)
  const rows = await ctx.db
    .selectFrom('secrets')
    .where('folderId', '=', folder.id)
    .where('key', '>', input.cursor ?? '')
    .orderBy('key')
    .limit(input.limit + 1)
    .select(['id', 'key', 'version'])
    .execute()
  const page = rows.slice(0, input.limit)
  const at = { projectId: input.projectId, folderId: folder.id }
  const { found } = await destinationsOf(ctx, at, page, { exact: false })
  const bySecret = Map.groupBy(found, ({ secretId }) => secretId)
  return {
    keys: page.map(({ id, key }) => sumOf(key, bySecret.get(id) ?? [])),
    nextCursor: rows.length > page.length ? (page.at(-1)?.key ?? null) : null,
  }
}

function sumOf(key: string, destinations: readonly FoundDestination[]): KeyDelivery {
  const excluded = destinations.filter(isExcluded)
  const expected = destinations.filter((one) => !isExcluded(one))
  const delivered = expected.filter(({ state }) => state === 'delivered')
  return {
    key,
    destinations: expected.length,
    delivered: delivered.length,
    troubled: expected.filter(({ state }) => TROUBLED_DELIVERIES.includes(state)).length,
    deliveredAt:
      delivered
        .flatMap(({ deliveredAt }) => deliveredAt ?? [])
        .sort()
        .at(-1) ?? null,
    excluded: excluded.length,
    exclusions: [...new Set(excluded.flatMap(({ reason }) => reason ?? []))],
  }
}

const isExcluded = ({ state }: FoundDestination): boolean => state === 'excluded'
