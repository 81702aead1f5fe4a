import { onEveryDatabase } from '@keyferry/db/testing'
import type { Context } from '@keyferry/kernel'
import { expect, it, onTestFinished, vi } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { testContext } from '../testing/test-context.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { deleteSync } from '../verbs/remove.ts'
import { LeaseLost, takeLease } from './lease.ts'
import { pruneLeases } from './prune-leases.ts'
import { LEASE_MS } from './renew-lease.ts'
import { shortenLeases } from './shorten-leases.ts'

const [destination = ''] = (await representatives()).keys()

const FEW = { rows: 1, mayBeForgotten: false }

/** As when so much time went by in the database that a lease nobody renewed is over. */
const expire = (ctx: Context) => ctx.db.updateTable('leases').set({ expiresAt: '2000-01-01T00:00:00.000Z' }).execute()

onEveryDatabase('lease', (open, dialect) => {
  it('is forgotten a day after the last sync of its target was deleted, and not before', async () => {
    const fixture = await startSyncFixture(open, destination)
    const { ctx, actor, close } = fixture
    const targets = async () =>
      (await ctx.db.selectFrom('leases').select('targetKey').execute()).map(({ targetKey }) => targetKey)
    await fixture.set({ KEY: 'value' })
    const sync = await fixture.create()
    await fixture.run(sync)
    await expire(ctx)
    await pruneLeases(ctx)
    expect(await targets()).toHaveLength(1)
    await deleteSync(ctx, actor, { destination, syncId: sync.id, removeSecrets: false })
    const other = await takeLease(ctx, 'held', 'run')
    await pruneLeases(ctx)
    expect(await targets()).toEqual(['held'])
    await other?.release()
    await close()
  })

  it('is held by one run at a time', async () => {
    const { ctx, close } = await testContext(open)
    const tries = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => takeLease(ctx, 'target', holder)))
    const held = tries.filter((lease) => lease !== null)
    expect(held).toHaveLength(1)
    expect(await takeLease(ctx, 'other target', 'e')).not.toBeNull()
    await held[0]?.release()
    expect(await takeLease(ctx, 'target', 'f')).not.toBeNull()
    await close()
  })

  it('stops a run that slept past it: no call, no ledger entry', async () => {
    const { ctx, close, clock } = await testContext(open)
    const sleeper = await takeLease(ctx, 'target', 'sleeper')
    await sleeper?.check()
    clock.advance(LEASE_MS + 1)
    await expire(ctx)
    const successor = await takeLease(ctx, 'target', 'successor')
    expect(successor).not.toBeNull()
    await expect(sleeper?.check()).rejects.toThrow(LeaseLost)
    await expect(ctx.db.transaction().execute((tx) => sleeper?.checkIn(tx) ?? Promise.resolve())).rejects.toThrow(
      LeaseLost,
    )
    // Its late release must not free the successor's lease.
    await sleeper?.release()
    expect(await takeLease(ctx, 'target', 'third')).toBeNull()
    await successor?.check()
    await close()
  })

  it('counts its time from before the store was asked, not from when the answer was read', async () => {
    const { ctx, close, clock } = await testContext(open)
    // Eleven seconds pass between any two steps of this run, as in a process that is stopped or waits for its store.
    const slow = {
      ...ctx,
      now: () => {
        const present = ctx.now()
        clock.advance(11_000)
        return present
      },
    }
    const sleeper = await takeLease(slow, 'target', 'sleeper')
    await expire(ctx)
    expect(await takeLease(ctx, 'target', 'successor')).not.toBeNull()
    await expect(sleeper?.check()).rejects.toThrow(LeaseLost)
    await close()
  })

  it('uses the clock of the store: a process whose own is hours ahead takes nothing from another', async () => {
    const { ctx, close, clock } = await testContext(open)
    const lease = await takeLease(ctx, 'target', 'a')
    clock.advance(LEASE_MS * 1000)
    expect(await takeLease(ctx, 'target', 'b')).toBeNull()
    clock.advance(-LEASE_MS * 2000)
    expect(await takeLease(ctx, 'target', 'c')).toBeNull()
    await lease?.check()
    await close()
  })

  it('asks the store again after its time even if the clock was put back meanwhile', async () => {
    const { ctx, close, clock } = await testContext(open)
    const lease = await takeLease(ctx, 'target', 'a')
    const present = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + LEASE_MS)
    onTestFinished(() => present.mockRestore())
    clock.advance(-LEASE_MS * 10)
    await expire(ctx)
    const successor = await takeLease(ctx, 'target', 'b')
    await expect(lease?.check()).rejects.toThrow(LeaseLost)
    await successor?.release()
    await close()
  })

  it('lasts no longer than usual after the clock of the store was set back a year', async () => {
    const { ctx, close } = await testContext(open)
    await takeLease(ctx, 'target', 'dead')
    const until = async () => {
      const { expiresAt } = await ctx.db.selectFrom('leases').select('expiresAt').executeTakeFirstOrThrow()
      return Date.parse(expiresAt) - Date.now()
    }
    await ctx.db.updateTable('leases').set({ expiresAt: '2999-01-01T00:00:00.000Z' }).execute()
    await shortenLeases(ctx)
    expect(await until()).toBeLessThanOrEqual(LEASE_MS)
    expect(await takeLease(ctx, 'target', 'successor')).toBeNull()
    await expire(ctx)
    await shortenLeases(ctx)
    expect(await takeLease(ctx, 'target', 'successor')).not.toBeNull()
    await close()
  })

  it('ends with a commit, and not with a transaction that is undone', async () => {
    const { ctx, close } = await testContext(open)
    const undone = await takeLease(ctx, 'target', 'a')
    await expect(undone?.finish(() => Promise.reject(new Error('no')), FEW)).rejects.toThrow('no')
    expect(await takeLease(ctx, 'target', 'b')).toBeNull()
    await undone?.finish(() => Promise.resolve(), FEW)

    const next = await takeLease(ctx, 'target', 'c')
    await undone?.release()
    expect(await takeLease(ctx, 'target', 'd')).toBeNull()
    await expire(ctx)
    expect(await takeLease(ctx, 'target', 'e')).not.toBeNull()
    let done = false
    const note = () => {
      done = true
      return Promise.resolve()
    }
    await expect(next?.write(note, FEW)).rejects.toThrow(LeaseLost)
    await expect(next?.finish(note, FEW)).rejects.toThrow(LeaseLost)
    expect(done).toBe(false)
    await close()
  })

  // SQLite has one connection: who has it, has the store.
  it.skipIf(dialect === 'sqlite')('is renewed while others use every connection to the store', async () => {
    const { ctx, close, clock } = await testContext(open)
    const leases = await Promise.all(['a', 'b', 'c'].map((target) => takeLease(ctx, target, target)))
    clock.advance(LEASE_MS)
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const used = Array.from({ length: 20 }, () => ctx.db.transaction().execute(() => over))
    for (const lease of leases) await lease?.check()
    end()
    await Promise.all(used)
    await close()
  })

  it.skipIf(dialect === 'sqlite')('is renewed though the lease of another run is locked', async () => {
    const { ctx, close, clock } = await testContext(open)
    const [locked, lease] = await Promise.all(['a', 'b'].map((target) => takeLease(ctx, target, target)))
    clock.advance(LEASE_MS)
    await ctx.db
      .transaction()
      .execute(async (tx) => {
        await locked?.checkIn(tx)
        const own = locked?.check()
        await lease?.check()
        return { own }
      })
      .then(({ own }) => own)
    await close()
  })

  it('continues after a pause in which nobody else came', async () => {
    const { ctx, close, clock } = await testContext(open)
    const lease = await takeLease(ctx, 'target', 'a')
    clock.advance(LEASE_MS * 10)
    await lease?.check()
    await ctx.db.transaction().execute((tx) => lease?.checkIn(tx) ?? Promise.resolve())
    expect(await takeLease(ctx, 'target', 'b')).toBeNull()
    await close()
  })
})
