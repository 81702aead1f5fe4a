import type { Context, Tx } from '@keyferry/kernel'

/**
 * What destinations would refuse of values in a folder, by key, beside the keys that it has. A value null: only the key
 * is judged. `shownIn`: ids of the folder and of those that import it.
 */
export async function refusedByTargets(
  ctx: Context,
  tx: Tx,
  folderId: string,
  shownIn: readonly string[],
  values: ReadonlyMap<string, string | null>,
): Promise<ReadonlyMap<string, string>> {
  const present = await tx.selectFrom('secrets').where('folderId', '=', folderId).select('key').execute()
  const all = new Map<string, string | null>(present.map(({ key }) => [key, null]))
  for (const [key, value] of values) all.set(key, value)
  return ctx.hooks.refusedByTargets(ctx, tx, shownIn, all)
}
