import { chunks } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

/** By key: the highest version that it ever had in the folder. */
export async function highestVersions(tx: Tx, folderId: string, keys: readonly string[]): Promise<Map<string, number>> {
  const highest = new Map<string, number>()
  for (const some of chunks([...new Set(keys)])) {
    const rows = await tx
      .selectFrom('secretVersions')
      .where('folderId', '=', folderId)
      .where('key', 'in', some)
      .groupBy('key')
      .select((eb) => ['key', eb.fn.max('version').as('version')])
      .execute()
    for (const row of rows) highest.set(row.key, Number(row.version))
  }
  return highest
}
