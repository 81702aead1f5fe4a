/** A writer that gets into another transaction's way. */
import { migrate, openPostgres } from '@keyferry/db'
import { createDatabase, onEveryDatabase } from '@keyferry/db/testing'
import { withVaultTransaction } from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { sql } from 'kysely'
import { expect, inject, it, onTestFinished } from 'vitest'
import { testContext } from '../src/testing/test-context.ts'

onEveryDatabase('change', (open) => {
  it('passes other errors on at once and leaves nothing behind', async () => {
    const { ctx, actor, close } = await testContext(open)
    onTestFinished(close)
    let tries = 0
    const failing = withVaultTransaction(ctx, actor, async (tx) => {
      tries += 1
      await tx.insertInto('leases').values({ targetKey: 'x', fence: 0, holder: null, expiresAt: '' }).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(tries).toBe(1)
    expect(await ctx.db.selectFrom('leases').selectAll().where('targetKey', '=', 'x').execute()).toEqual([])
  })
})

it.skipIf(!inject('postgresUrl'))('is tried again after a dead-lock, and its effects happen once', async () => {
  const url = await createDatabase()
  const { ctx, actor, close, woken } = await testContext(async () => {
    const db = openPostgres(url, 5)
    await migrate(db)
    return { db, databaseUrl: url, close: () => db.destroy() }
  })
  onTestFinished(close)
  const project = await createTestProject(ctx, actor)
  const folders = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', project.id)
    .orderBy('folders.id')
    .select('folders.id')
    .execute()
  const [first = '', second = ''] = folders.map(({ id }) => id)
  const lockedBy = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let tries = 0
  /** Locks `a`, waits until the other one has locked its own, then wants `b`: the first time they cannot both. */
  const writer = (a: string, b: string, mine: number) =>
    withVaultTransaction(ctx, actor, async (tx, markChanged) => {
      tries += 1
      await sql`select 1 from folders where id = ${a} for update`.execute(tx)
      lockedBy[mine]?.resolve()
      await Promise.all(lockedBy.map(({ promise }) => promise))
      await sql`select 1 from folders where id = ${b} for update`.execute(tx)
      markChanged(a)
      return mine
    })
  const wakesBefore = woken.length
  expect(await Promise.all([writer(first, second, 0), writer(second, first, 1)])).toEqual([0, 1])
  expect(tries).toBe(3)
  expect(woken.length - wakesBefore).toBe(2)
  const revisions = await ctx.db.selectFrom('folders').where('id', 'in', [first, second]).select('revision').execute()
  const [before = 0] = (
    await ctx.db.selectFrom('folders').where('id', 'not in', [first, second]).select('revision').execute()
  ).map(({ revision }) => revision)
  expect(revisions.map(({ revision }) => revision)).toEqual([before + 1, before + 1])
  expect((await ctx.metrics.expose()).text).toContain('keyferry_store_collisions_total 1')
})
