import { openPostgres } from '@keyferry/db'
import { createMigratedDatabase, onEveryDatabase, openSqliteStore, type OpenStore } from '@keyferry/db/testing'
import { transact, type Context, type Tx } from '@keyferry/kernel'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { testContext } from '../testing/test-context.ts'
import { LeaseLost, lockTargets, takeLease, type Lease } from './lease.ts'

async function leases(ctx: Context, names: readonly string[]): Promise<Lease[]> {
  const taken = await Promise.all(names.map((name) => takeLease(ctx, name, `run of ${name}`)))
  return taken.filter((lease) => lease !== null)
}

const FEW = { rows: 1, mayBeForgotten: false }

/** A row that shows whether a work was committed. */
const note = (name: string) => async (tx: Tx) => {
  await tx.insertInto('organizations').values({ id: name, name, slug: name, dataKey: '', createdAt: '' }).execute()
  return name
}
const noted = async (ctx: Context): Promise<string[]> =>
  (await ctx.db.selectFrom('organizations').select('id').where('dataKey', '=', '').orderBy('id').execute()).map(
    ({ id }) => id,
  )
const held = async (ctx: Context): Promise<string[]> =>
  (await ctx.db.selectFrom('leases').where('holder', 'is not', null).select('targetKey').execute()).map(
    ({ targetKey }) => targetKey,
  )

/** As a database with another locale than C: there `a` is before `B`. No connection prepared a statement yet. */
const openWithLocale: OpenStore = async () => {
  const databaseUrl = await createMigratedDatabase()
  const db = openPostgres(databaseUrl, 5)
  await sql`alter table leases alter column target_key type text collate "en-x-icu"`.execute(db)
  return { db, close: () => db.destroy(), databaseUrl }
}

onEveryDatabase('runs that write at the same time', (open, dialect) => {
  it('each have their work done, and their target freed', async () => {
    const { ctx, close } = await testContext(open)
    const names = ['c', 'a', 'b']
    const taken = await leases(ctx, names)
    expect(await Promise.all(taken.map((lease, i) => lease.finish(note(names[i] ?? ''), FEW)))).toEqual(names)
    expect(await noted(ctx)).toEqual(['a', 'b', 'c'])
    expect(await held(ctx)).toEqual([])
    await close()
  })

  it('keep their targets, but for those that end', async () => {
    const { ctx, close } = await testContext(open)
    const [a, b] = await leases(ctx, ['a', 'b'])
    expect(await Promise.all([a?.write(note('a'), FEW), b?.finish(note('b'), FEW)])).toEqual(['a', 'b'])
    expect(await noted(ctx)).toEqual(['a', 'b'])
    expect(await held(ctx)).toEqual(['a'])
    await a?.write(note('c'), FEW)
    await a?.finish(note('d'), FEW)
    expect(await noted(ctx)).toEqual(['a', 'b', 'c', 'd'])
    expect(await held(ctx)).toEqual([])
    await close()
  })

  // SQLite has one connection.
  it.skipIf(dialect === 'sqlite')('do not wait for one that writes a lot', async () => {
    const { ctx, close } = await testContext(open)
    const [large, small] = await leases(ctx, ['large', 'small'])
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const writing = large?.write(() => over, { ...FEW, rows: 10_000 })
    expect(await small?.write(note('small'), FEW)).toBe('small')
    end()
    await writing
    await close()
  })

  it.skipIf(dialect === 'sqlite')(
    'lock their targets in the order in which a sync that moves locks its own',
    async () => {
      const { ctx, close } = await testContext(openWithLocale)
      const taken = await leases(ctx, ['a', 'B'])
      const isWaiting = async () => (await sql`select from pg_locks where not granted`.execute(ctx.db)).rows.length > 0
      const ends = () => Promise.all(taken.map((lease) => lease.finish(() => Promise.resolve(true), FEW)))
      for (const work of [() => transact(ctx, (tx) => lockTargets(tx, ['a', 'B'])), ends]) {
        const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const deciding = transact(ctx, async (tx) => {
          await lockTargets(tx, ['B'])
          locked.resolve()
          await released.promise
        })
        await locked.promise
        const working = work()
        await expect.poll(isWaiting, { interval: 5 }).toBe(true)
        await sql`select from leases where target_key = 'a' for update nowait`.execute(ctx.db)
        released.resolve()
        await Promise.all([deciding, working])
      }
      await close()
    },
  )

  it('do not end when their lease was lost, and the others do', async () => {
    const { ctx, close } = await testContext(open)
    const names = ['a', 'b', 'c']
    const taken = await leases(ctx, names)
    await ctx.db
      .updateTable('leases')
      .set((eb) => ({ fence: eb('fence', '+', 1), holder: 'successor' }))
      .where('targetKey', '=', 'b')
      .execute()
    const ends = await Promise.allSettled(taken.map((lease, i) => lease.finish(note(names[i] ?? ''), FEW)))
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason))).toEqual([
      'a',
      expect.any(LeaseLost),
      'c',
    ])
    expect(await noted(ctx)).toEqual(['a', 'c'])
    // The stale one's late release leaves the successor its lease.
    await Promise.all(taken.map((lease) => lease.release()))
    expect(await held(ctx)).toEqual(['b'])
    await close()
  })

  it('are not spoilt by one whose work fails: that one keeps its lease, and none of its writes stay', async () => {
    const { ctx, close } = await testContext(open)
    const names = ['a', 'b', 'c']
    const taken = await leases(ctx, names)
    const work = (name: string) => async (tx: Tx) => {
      await note(name)(tx)
      // A statement that fails undoes the whole transaction on Postgres.
      if (name === 'b') await note('a')(tx).then(() => note('b')(tx))
      return name
    }
    const ends = await Promise.allSettled(taken.map((lease, i) => lease.finish(work(names[i] ?? ''), FEW)))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await noted(ctx)).toEqual(['a', 'c'])
    expect(await held(ctx)).toEqual(['b'])
    await close()
  })

  it('do not end when their lease was lost between two tries of a transaction that another one undid', async () => {
    const { ctx, close } = await testContext(open)
    const [first, second] = await leases(ctx, ['first', 'second'])
    let tries = 0
    const failsOnce = async (tx: Tx) => {
      tries += 1
      if (tries === 1) throw new Error('undone')
      await tx.updateTable('leases').set({ holder: 'successor' }).where('targetKey', '=', 'second').execute()
    }
    const ends = await Promise.allSettled([first?.finish(failsOnce, FEW), second?.finish(note('second'), FEW)])
    expect(ends).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: expect.any(LeaseLost) }])
    expect(await noted(ctx)).toEqual([])
    await close()
  })
})

it('runs that end on SQLite wait for the disk if one of them wrote something', async () => {
  const { ctx, close } = await testContext(openSqliteStore)
  const synchronous = async (tx: Tx): Promise<unknown> => (await sql`pragma synchronous`.execute(tx)).rows[0]
  const ends = async (...wrote: readonly boolean[]): Promise<unknown[]> => {
    const taken = await leases(
      ctx,
      wrote.map((_, i) => String(i)),
    )
    return Promise.all(taken.map((lease, i) => lease.finish(synchronous, { rows: 1, mayBeForgotten: !wrote[i] })))
  }
  const [NORMAL, FULL] = [{ synchronous: 1 }, { synchronous: 2 }]
  expect(await ends(false, false)).toEqual([NORMAL, NORMAL])
  expect(await ends(false, true)).toEqual([FULL, FULL])
  await close()
})
