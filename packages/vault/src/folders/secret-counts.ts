import { inList } from '@keyferry/db'
import { snapshot, type Context } from '@keyferry/kernel'

/** How many secrets of their own folders have, by id; those without any are left out. */
export async function secretCounts(ctx: Context, folderIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (folderIds.length === 0) return new Map()
  const rows = await snapshot(ctx, (tx) =>
    tx
      .selectFrom('secrets')
      .where((eb) => inList(tx, eb.ref('folderId'), folderIds))
      .groupBy('folderId')
      .select((eb) => ['folderId', eb.fn.countAll<number | string>().as('count')])
      .execute(),
  )
  return new Map(rows.map(({ folderId, count }) => [folderId, Number(count)]))
}
