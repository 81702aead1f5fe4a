import { openSqliteStore } from '@keyferry/db/testing'
import type { Actor } from '@keyferry/kernel'
import { createTestProject } from '@keyferry/vault/testing'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { testContext } from '../testing/test-context.ts'
import { AUTHENTICATED_EVERY_MS, watchProject } from '../verbs/watch.ts'

afterEach(() => {
  vi.useRealTimers()
})

it.each(['credential', 'membership'] as const)(
  'ends a quiet stream within a minute after its %s ended',
  async (what) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { ctx, actor: admin, close } = await testContext(openSqliteStore)
    const { id: projectId } = await createTestProject(ctx, admin)
    const actor: Actor = { kind: 'user', id: crypto.randomUUID(), name: 'reader' }
    const at = ctx.now().toISOString()
    const membership = { principalId: actor.id, principalKind: 'user' as const, role: 'viewer', scopes: null }
    await ctx.db
      .insertInto('memberships')
      .values({ ...membership, id: crypto.randomUUID(), projectId, createdAt: at, updatedAt: at })
      .execute()
    let present: Actor | null = actor
    const asked = vi.fn(() => Promise.resolve(present))
    const { signal } = new AbortController()
    const events = await watchProject(ctx, actor, { projectId }, { ctx, actor, signal, authenticate: asked })
    const next = events[Symbol.asyncIterator]().next()

    await expect.poll(() => vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(AUTHENTICATED_EVERY_MS)
    await expect.poll(() => asked.mock.calls).toHaveLength(2)
    if (what === 'credential') present = null
    else await ctx.db.deleteFrom('memberships').where('principalId', '=', actor.id).execute()
    vi.advanceTimersByTime(AUTHENTICATED_EVERY_MS)
    expect((await next).done).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    await close()
  },
)

it('ends in silence when the store is closed after its client left, and with the error before', async () => {
  const { ctx, actor, close } = await testContext(openSqliteStore)
  onTestFinished(close)
  const { id: projectId } = await createTestProject(ctx, actor)
  const watch = async (left: AbortController, onCheck: () => void) => {
    let checks = 0
    const authenticate = () => {
      if (++checks === 1) return Promise.resolve(actor)
      onCheck()
      return Promise.reject(new Error('driver has already been destroyed'))
    }
    const events = await watchProject(ctx, actor, { projectId }, { ctx, actor, signal: left.signal, authenticate })
    const next = events[Symbol.asyncIterator]().next()
    ctx.events.publish({ kind: 'secrets', projectId, folderId: crypto.randomUUID() })
    return next
  }
  await expect(watch(new AbortController(), () => {})).rejects.toThrow('destroyed')
  const left = new AbortController()
  expect((await watch(left, () => left.abort())).done).toBe(true)
})
