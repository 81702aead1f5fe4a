/** Vendors that list what was written some time ago, and keep names in upper case: GitHub does both. */
import { openSqliteStore } from '@keyferry/db/testing'
import { expect, test } from 'vitest'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'

const row = (name: string, at: string) => ({ name, created_at: at, updated_at: at, visibility: 'private' })
const BEFORE = '2026-01-01T00:00:00Z'

test('a listing that is behind costs no write, and its old revision does not count as ours', async () => {
  const { ctx, actor, emulator, clock, set, unset, create, run, contents, close } = await startSyncFixture(
    openSqliteStore,
    'github',
  )
  await set({ a: '1', B: '1' })
  const sync = await create()
  const again = async (listed?: object[]) => {
    await triggerSync(ctx, actor, { destination: 'github', syncId: sync.id })
    if (listed) {
      const body = { total_count: listed.length, secrets: listed }
      emulator.fail(1, { kind: 'status', status: 200, body })
    }
    return (await run(sync)).calls
  }
  await run(sync)
  expect(contents()).toEqual({ A: '1', B: '1' })
  expect(await again([])).toEqual({ GET: 1 })
  expect(await again([row('A', BEFORE), row('B', BEFORE)])).toEqual({ GET: 1 })
  clock.advance(61_000)
  // The first listing that is not behind any more.
  expect(await again()).toEqual({ GET: 1 })
  expect(await again()).toEqual({ GET: 1 })

  // A change that was begun and not confirmed: the ledger's value may be gone.
  for (const change of [() => unset('a'), () => set({ a: '2' })]) {
    await change()
    for (let n = 1; n <= 10; n++) emulator.fail(n, { kind: 'reset-after' }, (method) => method !== 'GET')
    expect((await run(sync)).row.inSync).toBe(false)
    emulator.heal()
    await set({ a: '1' })
    await run(sync)
    expect(contents()).toEqual({ A: '1', B: '1' })
  }
  clock.advance(61_000)
  expect(await again()).toEqual({ GET: 1 })

  // Somebody else's write shows as another time, and is replaced.
  expect(await again([row('A', '2027-01-01T00:00:00Z')])).toMatchObject({ PUT: 2 })
  expect(contents()).toEqual({ A: '1', B: '1' })
  await close()
})
