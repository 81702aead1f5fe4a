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

/** A destination has several copies of a value where other secrets refer to it: it counts once, with all of them. */
function sumOf(key: string, copies: readonly FoundDestination[]): KeyDelivery {
  const [excluded, expected] = [copies.filter(isExcluded), copies.filter((copy) => !isExcluded(copy))]
  const destinations = [...Map.groupBy(expected, ({ syncId }) => syncId).values()]
  return {
    key,
    destinations: destinations.length,
    delivered: destinations.filter((each) => each.every(isDelivered)).length,
    troubled: destinations.filter((each) => each.some(({ state }) => TROUBLED_DELIVERIES.includes(state))).length,
    deliveredAt:
      expected
        .filter(isDelivered)
        .flatMap(({ deliveredAt }) => deliveredAt ?? [])
        .sort()
        .at(-1) ?? null,
    excluded: new Set(excluded.map(({ syncId }) => syncId)).size,
    exclusions: [...new Set(excluded.flatMap(({ reason }) => reason ?? []))],
  }
}

const isDelivered = ({ state }: FoundDestination): boolean => state === 'delivered'
const isExcluded = ({ state }: FoundDestination): boolean => state === 'excluded'
