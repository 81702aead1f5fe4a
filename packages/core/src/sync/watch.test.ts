import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { perform } from '../access/verb.ts'
import { emulators } from '../destinations/emulators.ts'
import { syncVerbs } from './syncs.verbs.ts'
import { startFerry } from './testing.ts'

const [destination = ''] = (await emulators()).keys()

onEveryDatabase('the live events of a project', (open) => {
  it('are heard from when the verb answers, before the first one is taken', async () => {
    const ferry = await startFerry(open, destination)
    onTestFinished(ferry.close)
    const { ctx, actor, projectId } = ferry
    const leaving = new AbortController()
    onTestFinished(() => leaving.abort())
    const events = await perform(
      syncVerbs.events,
      { ctx, actor, signal: leaving.signal, authenticate: () => Promise.resolve(actor) },
      { projectId },
    )
    await ferry.set({ KEY: 'changed before anybody reads' })
    const first = await events[Symbol.asyncIterator]().next()
    expect(first).toMatchObject({ done: false, value: { kind: 'secrets', projectId } })
  })
})
