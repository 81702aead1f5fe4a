import { unfinishedCopy, type Db } from '@keyferry/db'
import { StartupError } from '../startup-error.ts'

/** Throws `StartupError` for a store that `migrateStore` has not finished. */
export async function refuseUnfinishedCopy(db: Db): Promise<void> {
  if ((await unfinishedCopy(db)) !== null)
    throw new StartupError(
      'This store is an unfinished copy of another one: run keyferry admin migrate-store on that one again. Nothing was changed.',
    )
}
