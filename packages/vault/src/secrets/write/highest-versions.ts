import { chunks, inList, keptQuery, type Slot } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

const highestOf = keptQuery((db, slot: Slot<{ folderId: string; keys: readonly string[] }>) =>
  db
    .selectFrom('secretVersions')
    .where('folderId', '=', slot('folderId'))
    .where(({ ref }) => inList(db, ref('key'), slot('keys')))
    .groupBy('key')
    .select((eb) => ['key', eb.fn.max('version').as('version')]),
)

/** By key: the highest version that it ever had in the folder. */
export async function highestVersions(tx: Tx, folderId: string, keys: readonly string[]): Promise<Map<string, number>> {
  const highest = new Map<string, number>()
  for (const some of chunks([...new Set(keys)]))
    for (const row of await highestOf(tx, { folderId, keys: some })) highest.set(row.key, Number(row.version))
  return highest
}
