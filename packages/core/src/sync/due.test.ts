import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { countDue, dueSyncs } from './due.ts'
import { wakeHints } from './wake-hints.ts'

const [destination = ''] = (await representatives()).keys()

onEveryDatabase('what the queue knows of a sync', (open) => {
  it('is whose connection it occupies, and whether a person waits for it', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor } = fixture
    await fixture.set({ KEY: 'first' })
    const sync = await fixture.create()
    const hint = async () => (await wakeHints(ctx, [sync.id])).get(sync.id)
    expect(await hint()).toEqual({ group: fixture.connectionId, urgent: true })
    expect(await countDue(ctx)).toBe(1)
    await fixture.run(sync)
    // Nothing is due: whatever woke it, nobody waits.
    expect(await hint()).toEqual({ group: fixture.connectionId, urgent: false })
    expect(await countDue(ctx)).toBe(0)
    await fixture.set({ KEY: 'second' })
    expect(await hint()).toMatchObject({ urgent: false })
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    expect(await hint()).toMatchObject({ urgent: true })
    expect((await wakeHints(ctx, ['gone'])).size).toBe(0)
  })

  it('tries again after the clock was set either way', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, clock, emulator } = fixture
    await fixture.set({ KEY: 'first' })
    const sync = await fixture.create()
    for (const hours of [3, -3]) {
      const jump = hours * 3_600_000
      clock.advance(-jump)
      for (let n = 1; n <= 40; n++) emulator.fail(n, { kind: 'status', status: 503 })
      await fixture.run(sync)
      expect(await dueSyncs(ctx)).not.toContain(sync.id)
      clock.advance(jump)
      expect(await dueSyncs(ctx)).toContain(sync.id)
      emulator.heal()
      await fixture.run(sync)
      expect(emulator.contents().get('KEY')).toBe(hours === 3 ? 'first' : 'second')
      await fixture.set({ KEY: 'second' })
    }
  })
})
