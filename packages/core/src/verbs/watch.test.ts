import { randomUUID } from 'node:crypto'
import { perform, storeScopes } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import type { Actor } from '@keyferry/kernel'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
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

  it('begin, where that is wanted, with how long nothing had happened, for who sees all that happens', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { actor, projectId } = fixture
    const ctx = { ...fixture.ctx, events: { ...fixture.ctx.events, quietMs: () => 1234 } }
    const leaving = new AbortController()
    onTestFinished(() => leaving.abort())
    const firstOf = async (who: Actor) => {
      const call = { ctx, actor: who, signal: leaving.signal, authenticate: () => Promise.resolve(who) }
      const events = await perform(syncVerbs.events, call, { projectId, saysOpened: true })
      return (await events[Symbol.asyncIterator]().next()).value
    }
    expect(await firstOf(actor)).toEqual({ kind: 'opened', quietMs: 1234 })
    expect(await firstOf(await narrowedTo(fixture, '/elsewhere'))).toEqual({ kind: 'opened', quietMs: 0 })
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

/** Somebody who sees this folder of the fixture's project. */
async function narrowedTo({ ctx, projectId }: SyncFixture, secretPath: string): Promise<Actor> {
  const actor: Actor = { kind: 'user', id: randomUUID(), name: 'narrowed' }
  const at = ctx.now().toISOString()
  const scopes = await storeScopes(ctx.db, projectId, [{ environment: 'dev', secretPath }])
  await ctx.db
    .insertInto('memberships')
    .values({
      id: randomUUID(),
      principalId: actor.id,
      principalKind: 'user',
      role: 'viewer',
      scopes,
      projectId,
      createdAt: at,
      updatedAt: at,
    })
    .execute()
  return actor
}
