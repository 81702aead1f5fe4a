/** Suites that every kind of vendor runs through. For tests only. */
import { onEveryDatabase, onSqlite, type OpenStore } from '@keyferry/db/testing'
import { representatives } from '../destinations/emulators.ts'

/**
 * Runs a suite with each vendor that stands for a kind on SQLite, and with the first of them on Postgres: what a vendor
 * does differently does not depend on the store, nor the store on the vendor. `model.test.ts` runs every vendor on
 * both.
 */
export async function withRepresentatives(
  name: string,
  suite: (open: OpenStore, destination: string) => void,
): Promise<void> {
  for (const [at, destination] of [...(await representatives()).keys()].entries()) {
    const onDatabases = at === 0 ? onEveryDatabase : onSqlite
    onDatabases(`${name} ${destination}`, (open) => suite(open, destination))
  }
}
