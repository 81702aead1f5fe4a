import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it } from 'vitest'
import { testContext } from '../testing.ts'
import { LEASE_MS, LeaseLost, takeLease } from './lease.ts'

onEveryDatabase('lease', (open) => {
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
    // Eight seconds pass between any two steps of this run, as in a process that is stopped or waits for its store.
    const slow = {
      ...ctx,
      now: () => {
        const present = ctx.now()
        clock.advance(8_000)
        return present
      },
    }
    const sleeper = await takeLease(slow, 'target', 'sleeper')
    expect(await takeLease(ctx, 'target', 'successor')).not.toBeNull()
    await expect(sleeper?.check()).rejects.toThrow(LeaseLost)
    await close()
  })

  it('goes on after a pause in which nobody else came', async () => {
    const { ctx, close, clock } = await testContext(open)
    const lease = await takeLease(ctx, 'target', 'a')
    clock.advance(LEASE_MS * 10)
    await lease?.check()
    await ctx.db.transaction().execute((tx) => lease?.checkIn(tx) ?? Promise.resolve())
    expect(await takeLease(ctx, 'target', 'b')).toBeNull()
    await close()
  })
})
