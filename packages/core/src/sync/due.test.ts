import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { emulators } from '../destinations/emulators.ts'
import { startFerry } from '../testing/ferry.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { countDue, wakeHints } from './due.ts'

const [destination = ''] = (await emulators()).keys()

onEveryDatabase('what the queue is told of a sync', (open) => {
  it('is whose connection it occupies, and whether a person waits for it', async () => {
    const ferry = await startFerry(open, destination)
    onTestFinished(ferry.close)
    const { ctx, actor } = ferry
    await ferry.set({ KEY: 'first' })
    const sync = await ferry.create()
    const hint = async () => (await wakeHints(ctx, [sync.id])).get(sync.id)
    expect(await hint()).toEqual({ group: ferry.connectionId, urgent: true })
    expect(await countDue(ctx)).toBe(1)
    await ferry.run(sync)
    // Nothing is due: whatever woke it, nobody waits.
    expect(await hint()).toEqual({ group: ferry.connectionId, urgent: false })
    expect(await countDue(ctx)).toBe(0)
    await ferry.set({ KEY: 'second' })
    expect(await hint()).toMatchObject({ urgent: false })
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    expect(await hint()).toMatchObject({ urgent: true })
    expect((await wakeHints(ctx, ['gone'])).size).toBe(0)
  })
})
