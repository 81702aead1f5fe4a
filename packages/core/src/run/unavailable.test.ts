/**
 * A store that fails under a run, against every vendor's emulator, on every database: it says why, and nothing is lost.
 */
import { storeTrouble } from '@keyferry/db'
import { onEveryDatabase, statement } from '@keyferry/db/testing'
import { unavailable } from '@keyferry/kernel'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { freeAllLeases } from '../lease/lease.ts'
import { dueSyncs } from '../sync/due.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { runSync } from './run.ts'

const TABLES = ['ledger', 'runs', 'outcomes', 'syncs', 'leases', 'secrets', 'secret_versions', 'snapshots']

for (const destination of (await representatives()).keys()) {
  onEveryDatabase(`a store in trouble beside ${destination}`, (open, dialect) => {
    /** Lets no table take a row, with the code that a full disk has; answers how to make room. */
    const fill = async ({ ctx: { db } }: SyncFixture): Promise<() => Promise<void>> => {
      if (dialect === 'sqlite') {
        await statement(db, 'pragma query_only = on')
        return async () => void (await statement(db, 'pragma query_only = off'))
      }
      await statement(
        db,
        `create function no_room() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
      )
      for (const table of TABLES)
        await statement(db, `create trigger no_room before insert or update on ${table} execute function no_room()`)
      return async () => void (await statement(db, 'drop function no_room cascade'))
    }
    const trouble = dialect === 'sqlite' ? 'read-only' : 'full'

    it('a change is refused in words, and a run in the middle is repeated once there is room', async () => {
      const fixture = await startSyncFixture(open, destination)
      onTestFinished(fixture.close)
      const { ctx, emulator, set, create, run, contents } = fixture
      await set({ A: '1', B: '2' })
      const sync = await create()
      await run(sync)
      await set({ A: 'changed', C: '3' })

      const release = emulator.hold()
      const before = emulator.log.length
      const going = runSync(ctx, sync.id, new AbortController().signal)
      await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
      const makeRoom = await fill(fixture)
      release()
      const error: unknown = await going.then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(storeTrouble(error)).toBe(trouble)

      const refused: unknown = await set({ D: '4' }).catch((thrown: unknown) => thrown)
      expect(unavailable(refused)?.message).toMatch(dialect === 'sqlite' ? /takes no writes/ : /disk .* is full/)

      await makeRoom()
      // The run that could not end could not give its lease back either: it runs out.
      await freeAllLeases(ctx)
      expect(await dueSyncs(ctx)).toContain(sync.id)
      const { row } = await run(sync)
      expect(row).toMatchObject({ state: 'succeeded', inSync: true })
      expect(contents()).toEqual({ A: 'changed', B: '2', C: '3' })
      await set({ D: '4' })
      await run(sync)
      expect(contents()).toEqual({ A: 'changed', B: '2', C: '3', D: '4' })
    })
  })
}
