import { openSqliteStore } from '@keyferry/db/testing'
import { expect, test } from 'vitest'
import type { GcpEmulator } from '../destinations/gcp-secret-manager/emulator/index.ts'
import type { Emulator } from '../destinations/shared/emulators/emulator.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'

const destination = 'gcp-secret-manager'

const isGcp = (started: Emulator): started is GcpEmulator => 'holdLists' in started

test('a list that lags behind our writes makes nothing written again, and a deleted key can come back', async () => {
  const { ctx, actor, emulator, set, unset, create, run, contents, close } = await startSyncFixture(
    openSqliteStore,
    destination,
  )
  if (!isGcp(emulator)) throw new Error('another emulator')
  await set({ A: 'one', B: 'b' })
  let release = emulator.holdLists()
  const sync = await create()
  const runAgain = async () => {
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    return (await run(sync)).calls
  }
  await run(sync)
  // The list, which is empty, and each key by its name.
  expect(await runAgain()).toEqual({ GET: 3 })
  release()

  release = emulator.holdLists()
  await unset('A')
  expect((await run(sync)).calls).toMatchObject({ DELETE: 1 })
  await set({ A: 'again' })
  await run(sync)
  release()
  expect(await runAgain()).toEqual({ GET: 1 })
  expect(contents()).toEqual({ A: 'again', B: 'b' })
  await close()
})
