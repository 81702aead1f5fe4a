import { perform } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { approvePlan } from './approve-plan.ts'
import { planSync } from './preview.ts'
import { syncVerbs } from './syncs.verbs.ts'
import { updateSync } from './update-sync.ts'

const [destination = ''] = (await representatives()).keys()

onEveryDatabase('the live events of a project', (open) => {
  it('are heard from when the verb answers, before the first one is taken', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, projectId } = fixture
    const leaving = new AbortController()
    onTestFinished(() => leaving.abort())
    const events = await perform(
      syncVerbs.events,
      { ctx, actor, signal: leaving.signal, authenticate: () => Promise.resolve(actor) },
      { projectId },
    )
    await fixture.set({ KEY: 'changed before anybody reads' })
    const first = await events[Symbol.asyncIterator]().next()
    expect(first).toMatchObject({ done: false, value: { kind: 'secrets', projectId } })
  })

  it('tell of an edit that no run follows, and of a plan that was approved', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, events } = fixture
    await fixture.set({ KEY: 'first' })
    const { id: syncId } = await fixture.create()
    await fixture.run({ id: syncId })
    const told = async (work: Promise<unknown>) => {
      const before = events.length
      await work
      return events.slice(before)
    }
    const event = expect.objectContaining({ kind: 'sync', syncId })
    expect(await told(updateSync(ctx, actor, { destination, syncId, name: 'renamed' }))).toEqual([event])
    const { hash } = await planSync(ctx, actor, { destination, syncId })
    expect(await told(approvePlan(ctx, actor, { destination, syncId, planHash: hash }))).toEqual([event])
  })
})
