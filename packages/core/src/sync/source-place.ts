import type { Db } from '@keyferry/db'
import { NotFound, type Tx } from '@keyferry/kernel'

/**
 * Where the source folder of a sync is: its environment's slug and its path. Throws `NotFound` when the folder was
 * deleted since the sync was read.
 */
export async function sourcePlace(db: Db | Tx, folderId: string): Promise<{ environment: string; secretPath: string }> {
  const place = await db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', folderId)
    .select(['environments.slug as environment', 'folders.path as secretPath'])
    .executeTakeFirst()
  if (!place) throw new NotFound('The source folder of the sync was deleted')
  return place
}
