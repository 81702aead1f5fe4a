import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { emulators } from '../destinations/emulators.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { countDue, wakeHints } from './due.ts'

const [destination = ''] = (await emulators()).keys()

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
})
