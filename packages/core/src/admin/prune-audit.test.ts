import { onEveryDatabase } from '@keyferry/db/testing'
import { audit, verifyAudit } from '@keyferry/kernel'
import { openAuthority } from '@keyferry/kernel/authority'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { testContext, type TestContext } from '../testing/test-context.ts'
import { pruneAudit, pruneAuditDaily } from './prune-audit.ts'
import { restartAudit } from './restart-audit.ts'

const DAY = 24 * 60 * 60_000

onEveryDatabase('an audit log that is pruned', (open) => {
  let t: TestContext
  beforeEach(async () => {
    t = await testContext(open)
  })
  afterEach(() => t.close())

  const write = (name: string) =>
    t.ctx.db.transaction().execute((tx) => audit(t.ctx, tx, t.actor, 'tag.create', null, { name }))
  /** A row a day: on the last day, the first is `rows - 1` days old. */
  const days = async (rows: number) => {
    for (let day = 1; day <= rows; day++) {
      await write(`day ${day}`)
      if (day < rows) t.clock.advance(DAY)
    }
  }
  const seqs = async () =>
    (await t.ctx.db.selectFrom('audit').orderBy('seq').select('seq').execute()).map(({ seq }) => seq)
  const prune = (age: number) => pruneAudit(t.ctx, t.actor, { days: age })

  it('loses what is older, says so, and is verified from the last row that went', async () => {
    await days(10)
    const noted = await verifyAudit(t.ctx)
    expect(await prune(4)).toBe(5)
    expect(await seqs()).toEqual([6, 7, 8, 9, 10, 11])
    const told = await t.ctx.db.selectFrom('audit').where('seq', '=', 11).selectAll().executeTakeFirstOrThrow()
    expect(told.action).toBe('instance.prune-audit')
    expect(JSON.parse(told.details)).toMatchObject({ rows: 5, upTo: 5 })
    const verified = await verifyAudit(t.ctx, noted.head ?? undefined)
    expect(verified).toMatchObject({ rows: 6, floor: { seq: 5 }, head: { seq: 11 }, problem: null })
    await write('later')
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 7, problem: null })
    expect(await prune(4)).toBe(0)
    t.clock.advance(30 * DAY)
    expect(await prune(4)).toBe(7)
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 1, floor: { seq: 12 }, problem: null })
  })

  it('says who took rows off, also when it ends before it has taken all', async () => {
    await t.ctx.db.transaction().execute(async (tx) => {
      for (let row = 0; row < 1_001; row++) await audit(t.ctx, tx, t.actor, 'tag.create', null, { name: 'many' })
    })
    t.clock.advance(10 * DAY)
    await write('today')
    // The process ends where the second transaction begins.
    const ended = new Error('ended')
    let transactions = 0
    const db = new Proxy(t.ctx.db, {
      get(target, name) {
        if (name === 'transaction' && ++transactions > 1) throw ended
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await expect(pruneAudit({ ...t.ctx, db }, t.actor, { days: 4 })).rejects.toThrow(ended)
    const { details } = await t.ctx.db
      .selectFrom('audit')
      .where('action', '=', 'instance.prune-audit')
      .select('details')
      .executeTakeFirstOrThrow()
    expect(JSON.parse(details)).toMatchObject({ rows: 1_001, upTo: 1_001 })
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 3, floor: { seq: 1_000 }, problem: null })
    expect(await prune(4)).toBe(1)
    expect(await verifyAudit(t.ctx)).toMatchObject({ floor: { seq: 1_001 }, problem: null })
  })

  it('carries over what ended, so that it does not come back after the row that says so went', async () => {
    const { db } = t.ctx
    await db.insertInto('instanceAdmins').values({ principalId: 'bob', createdAt: '2026' }).execute()
    const { rows } = await sql`select * from instance_admins where principal_id = 'bob'`.execute(db)
    await db.transaction().execute((tx) => tx.deleteFrom('instanceAdmins').where('principalId', '=', 'bob').execute())
    await days(10)
    expect(await prune(4)).toBeGreaterThan(0)
    const { authority, db: later } = await openAuthority({ db, keyring: t.ctx.keyring })
    const [row] = rows
    const { seal } = z.object({ seal: z.string() }).parse(row)
    expect(authority.isEnded(seal)).toBe(true)
    await sql`insert into instance_admins (principal_id, created_at, seal) values ('bob', '2026', ${seal})`.execute(db)
    expect(await later.selectFrom('instanceAdmins').select('principalId').execute()).toEqual([
      { principalId: t.actor.id },
    ])
    expect(await verifyAudit(t.ctx)).toMatchObject({ problem: null })
  })

  it('still shows what was changed, removed or cut off since', async () => {
    await days(10)
    await prune(4)
    const { db } = t.ctx
    const problem = async () => (await verifyAudit(t.ctx)).problem
    const [first] = await db.selectFrom('audit').where('seq', '=', 6).selectAll().execute()
    if (!first) throw new Error('there is no row 6')
    await db.deleteFrom('audit').where('seq', '=', 6).execute()
    expect(await problem()).toMatchObject({ kind: 'removed', seq: 6 })
    await db
      .insertInto('audit')
      .values({ ...first, details: '{}' })
      .execute()
    expect(await problem()).toMatchObject({ kind: 'changed', seq: 6 })
    await db.deleteFrom('audit').where('seq', '=', 6).execute()
    // Moving the beginning to hide it doesn't help: the new one can't be sealed.
    const [next] = await db.selectFrom('audit').where('seq', '=', 7).selectAll().execute()
    await db
      .updateTable('auditFloors')
      .set({ seq: 6, hash: next?.prevHash ?? '' })
      .execute()
    expect(await problem()).toMatchObject({ kind: 'head' })
    await db.deleteFrom('auditFloors').execute()
    expect(await problem()).toMatchObject({ kind: 'removed', seq: 1 })
  })

  it('is left alone when it is not whole: pruning would hide that', async () => {
    await days(10)
    await t.ctx.db.deleteFrom('audit').where('seq', '=', 2).execute()
    await expect(prune(4)).rejects.toThrow('Row 2 was removed')
    expect(await seqs()).toHaveLength(9)
  })

  it('cannot be compared with an end that was noted before its beginning', async () => {
    await days(3)
    const { head } = await verifyAudit(t.ctx)
    t.clock.advance(10 * DAY)
    await write('later')
    await write('later still')
    await prune(4)
    expect(await verifyAudit(t.ctx, head ?? undefined)).toMatchObject({ problem: null })
    t.clock.advance(10 * DAY)
    await write('much later')
    await prune(4)
    const { problem } = await verifyAudit(t.ctx, head ?? undefined)
    expect(problem?.message).toContain('rows up to 6 were taken off for their age')
  })

  it('loses rows from before there was a chain too', async () => {
    await days(2)
    await restartAudit(t.ctx, t.actor)
    t.clock.advance(10 * DAY)
    await write('young')
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 2, problem: null })
    expect(await prune(4)).toBe(3)
    expect(await seqs()).toEqual([2, 3])
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 2, floor: { seq: 1 }, problem: null })
  })

  it('on its own, is pruned once a day', async () => {
    await days(6)
    await pruneAuditDaily(t.ctx, t.actor, { days: 4 })
    expect(await seqs()).toHaveLength(6)
    t.clock.advance(DAY)
    await pruneAuditDaily(t.ctx, t.actor, { days: 4 })
    expect(await seqs()).toEqual([3, 4, 5, 6, 7])
  })
})
