import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { runSync } from './run.ts'

onEveryDatabase('a burst of changes', (open) => {
  it('is one where a change came before the run wrote anything, not where it came after', async () => {
    const { ctx, emulator, set, create, contents, close } = await startSyncFixture(open, 'trigger-dev')
    onTestFinished(close)
    await set({ A: '1' })
    const sync = await create()
    /** Runs, and changes A while its first request that `isHeld` means is on the way. */
    const runAndChange = async (value: string, isHeld: (method: string) => boolean) => {
      const before = emulator.log.filter(({ method }) => isHeld(method)).length
      const release = emulator.hold(isHeld)
      const going = runSync(ctx, sync.id, new AbortController().signal)
      await expect.poll(() => emulator.log.filter(({ method }) => isHeld(method)).length).toBeGreaterThan(before)
      await set({ A: value })
      release()
      return going
    }
    expect(await runAndChange('2', (method) => method === 'GET')).toMatchObject({ again: true, isBurst: true })
    expect(await runAndChange('3', (method) => method !== 'GET')).toMatchObject({ again: true, isBurst: false })
    expect(await runSync(ctx, sync.id, new AbortController().signal)).toMatchObject({ again: false, isBurst: false })
    expect(contents()).toEqual({ A: '3' })
  })
})
