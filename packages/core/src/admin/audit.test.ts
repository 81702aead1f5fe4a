import { withoutSeals } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { audit, auditEvent, listAudit, lockHead, makeHead, transact, verifyAudit } from '@keyferry/kernel'
import type { AuditAction } from '@keyferry/schemas'
import { createSecret, getSecret, listSecrets, updateSecret } from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../testing/test-context.ts'
import { restartAudit } from './restart-audit.ts'

/** An empty log, as an operator would begin it again. */
async function startAgain({ ctx, actor }: TestContext): Promise<void> {
  await restartAudit(ctx, actor)
  await ctx.db.deleteFrom('audit').execute()
  await ctx.db.deleteFrom('auditHead').execute()
  await ctx.db.transaction().execute((tx) => makeHead(ctx, tx, undefined))
}

onEveryDatabase('the audit log', (open, dialect) => {
  let t: TestContext
  beforeAll(async () => {
    t = await testContext(open)
  })
  afterAll(() => t.close())
  beforeEach(async () => {
    await startAgain(t)
  })

  const write = (action: AuditAction, details: Record<string, unknown> = {}) =>
    t.ctx.db.transaction().execute((tx) => audit(t.ctx, tx, t.actor, action, null, details))
  /** SQLite lets one in after the other, in the order in which they came. */
  const waitingForLocks = async (writers: number) => {
    if (dialect === 'sqlite') return
    const waiting = sql<{ n: number | string }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => Number((await waiting.execute(t.ctx.db)).rows[0]?.n)).toBe(writers)
  }
  const list = (input: Partial<Parameters<typeof listAudit>[2]> = {}) =>
    listAudit(t.ctx, t.actor, { limit: 100, ...input })

  describe('verified', () => {
    beforeEach(async () => {
      for (let i = 1; i <= 5; i++) await write('tag.create', { name: `name ${i}` })
    })
    const problem = async (expected?: { seq: number; hash: string }) => (await verifyAudit(t.ctx, expected)).problem

    it('is found as it was written, by anyone with the root key', async () => {
      const { rows, head, problem } = await verifyAudit(t.ctx)
      expect(problem).toBeNull()
      expect(rows).toBe(5)
      expect(head?.seq).toBe(5)
    })

    it.each([
      ['actor', 'eve'],
      ['details', '{"name":"other"}'],
      ['at', '2030-01-01T00:00:00.000Z'],
      ['action', 'tag.delete'],
      ['address', '10.0.0.1'],
    ])('names the first row whose %s was changed', async (column, value) => {
      await sql`update audit set ${sql.ref(column)} = ${value} where seq in (3, 4)`.execute(t.ctx.db)
      expect(await problem()).toMatchObject({ kind: 'changed', seq: 3 })
    })

    it('is one chain, whichever process appends to it', async () => {
      const processes = [t.ctx, { ...t.ctx, db: withoutSeals(t.ctx.db) }]
      const event = (ctx: typeof t.ctx, name: string) => auditEvent(ctx, t.actor, 'secret.read', null, { name })
      let named = 5
      const next = () => `name ${++named} \0 \ud800`
      // More than 64 in a row: the organization's mark moves once.
      for (const turn of [4, 1, 3, 70, 2])
        for (const ctx of processes) {
          for (let i = 0; i < turn; i++) await event(ctx, next())
          await Promise.all([event(ctx, next()), event(ctx, next())])
          await write('tag.create', { name: next() })
        }
      expect(await verifyAudit(t.ctx)).toMatchObject({ rows: named, problem: null })
      const { entries } = await list({ limit: named })
      expect(entries.map(({ details }) => Number(/^name (\d+)/.exec(String(details['name']))?.[1]))).toEqual(
        Array.from({ length: named }, (_, i) => named - i),
      )
    })

    it('names the place where a row was removed', async () => {
      await t.ctx.db.deleteFrom('audit').where('seq', '=', 2).execute()
      expect(await problem()).toMatchObject({ kind: 'removed', seq: 2 })
    })

    it('names the place where a row was removed and the later ones closed the gap', async () => {
      await t.ctx.db.deleteFrom('audit').where('seq', '=', 2).execute()
      for (const seq of [3, 4, 5]) await sql`update audit set seq = ${seq - 1} where seq = ${seq}`.execute(t.ctx.db)
      expect(await problem()).toMatchObject({ kind: 'reordered', seq: 2 })
    })

    it('names rows that changed places', async () => {
      for (const [from, to] of [
        [2, 99],
        [3, 2],
        [99, 3],
      ])
        await sql`update audit set seq = ${to} where seq = ${from}`.execute(t.ctx.db)
      expect(await problem()).toMatchObject({ kind: 'reordered', seq: 2 })
    })

    it('finds that the end was cut off, with or without the head pulled back', async () => {
      await t.ctx.db.deleteFrom('audit').where('seq', '>', 3).execute()
      expect(await problem()).toMatchObject({ kind: 'truncated', seq: 4 })
      const { hash } = await t.ctx.db.selectFrom('audit').where('seq', '=', 3).select('hash').executeTakeFirstOrThrow()
      await t.ctx.db.updateTable('auditHead').set({ seq: 3, hash }).execute()
      expect(await problem()).toMatchObject({ kind: 'head', seq: 3 })
    })

    it('finds against a noted end that log and head were put back together', async () => {
      const old = await t.ctx.db.selectFrom('auditHead').selectAll().executeTakeFirstOrThrow()
      await write('tag.update')
      const { head } = await verifyAudit(t.ctx)
      await t.ctx.db.deleteFrom('audit').where('seq', '=', 6).execute()
      await t.ctx.db.updateTable('auditHead').set({ seq: old.seq, hash: old.hash, seal: old.seal }).execute()
      expect(await problem()).toBeNull()
      expect(await problem(head ?? undefined)).toMatchObject({ kind: 'truncated', seq: 6 })
    })

    it('takes no log for whole whose end is gone, whatever else is, and writes nothing until an operator begins again', async () => {
      const head = await t.ctx.db.selectFrom('auditHead').selectAll().executeTakeFirstOrThrow()
      await sql`update audit set actor = 'Innocent Bob', seq = -seq`.execute(t.ctx.db)
      await t.ctx.db.deleteFrom('auditHead').execute()
      expect(await problem()).toMatchObject({ kind: 'truncated' })
      await expect(write('tag.update')).rejects.toThrow('The end of the audit log is missing')
      await t.ctx.db.deleteFrom('audit').execute()
      expect(await problem()).toMatchObject({ kind: 'truncated' })
      await expect(write('tag.update')).rejects.toThrow('The end of the audit log is missing')
      await t.ctx.db.insertInto('auditHead').values(head).execute()
      expect(await problem()).toMatchObject({ kind: 'truncated', seq: 1 })
      await restartAudit(t.ctx, t.actor)
      expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 1, problem: null })
    })

    it('finds an old end that was put back, once the organization has noted a later one', async () => {
      const old = await t.ctx.db.selectFrom('auditHead').selectAll().executeTakeFirstOrThrow()
      for (let i = 0; i < 64; i++) await write('tag.update')
      await t.ctx.db.deleteFrom('audit').where('seq', '>', old.seq).execute()
      await t.ctx.db.updateTable('auditHead').set({ seq: old.seq, hash: old.hash, seal: old.seal }).execute()
      expect(await problem()).toMatchObject({ kind: 'truncated', seq: 6 })
      await t.ctx.db.updateTable('organizations').set({ auditMark: null }).execute()
      expect(await problem()).toMatchObject({ kind: 'head' })
    })

    it('is begun again while writers wait for its end, and they go on in the new chain', async () => {
      const isHeld = Promise.withResolvers<void>()
      const isWaitedFor = Promise.withResolvers<void>()
      const holder = transact(t.ctx, async (tx) => {
        await lockHead(t.ctx, tx)
        isHeld.resolve()
        await isWaitedFor.promise
      })
      await isHeld.promise
      const restarted = restartAudit(t.ctx, t.actor)
      await waitingForLocks(1)
      const written = write('tag.update')
      await waitingForLocks(2)
      isWaitedFor.resolve()
      await Promise.all([holder, restarted, written])
      expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 2, problem: null })
    })

    it('seals what older rows say, not their number only', async () => {
      await restartAudit(t.ctx, t.actor)
      expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 1, problem: null })
      expect((await list({ action: 'tag.create' })).entries).toHaveLength(5)
      const [older] = await t.ctx.db.selectFrom('audit').where('seq', '<=', 0).selectAll().orderBy('seq').execute()
      await sql`update audit set actor = 'Innocent Bob' where id = ${older?.id}`.execute(t.ctx.db)
      expect(await problem()).toMatchObject({ kind: 'changed', seq: 0 })
    })

    it('finds a row that stands after the end', async () => {
      await sql`insert into audit (id, at, actor, action, details, seq) values ('y', '2020', 'eve', 'a', '{}', 99)`.execute(
        t.ctx.db,
      )
      expect(await problem()).toMatchObject({ kind: 'added', seq: 99 })
    })

    it('finds a row that was slipped in before the chain', async () => {
      await sql`insert into audit (id, at, actor, action, details, seq) values ('x', '2020', 'eve', 'a', '{}', 0)`.execute(
        t.ctx.db,
      )
      expect(await problem()).toMatchObject({ kind: 'added' })
    })
  })

  it('stays one chain under many writers at once, and keeps no part of one that failed', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        if (i % 4 === 0) return auditEvent(t.ctx, t.actor, 'secret.read', 'p', { i })
        if (i % 4 === 1)
          return t.ctx.db
            .transaction()
            .execute(async (tx) => {
              await audit(t.ctx, tx, t.actor, 'tag.delete', null, { i })
              throw new Error('undone')
            })
            .catch(() => {})
        return write('tag.create', { i })
      }),
    )
    expect(await verifyAudit(t.ctx)).toMatchObject({ rows: 30, problem: null })
  })

  it('has every reading of a value, with who and where, before the value is given out', async () => {
    const project = await createTestProject(t.ctx, t.actor)
    const place = { projectId: project.id, environment: 'dev', secretPath: '/' }
    const ada = { ...t.actor, address: '192.0.2.7' }
    const flags = { expandReferences: false, includeImports: false, showValues: true }
    await createSecret(t.ctx, ada, {
      ...place,
      key: 'A',
      value: 'canary-55',
      comment: '',
    })
    await getSecret(t.ctx, ada, { ...place, ...flags, key: 'A' })
    await listSecrets(t.ctx, ada, { ...place, ...flags, recursive: false })
    await listSecrets(t.ctx, ada, { ...place, ...flags, recursive: false, showValues: false })
    const { entries } = await list({ action: 'secret.' })
    expect(
      entries.map(({ action, address, actor, details }) => ({ action, address, name: actor.name, details })),
    ).toEqual([
      {
        action: 'secret.list',
        address: '192.0.2.7',
        name: ada.name,
        details: { environment: 'dev', secretPath: '/', count: 1, keys: ['A'] },
      },
      {
        action: 'secret.read',
        address: '192.0.2.7',
        name: ada.name,
        details: { environment: 'dev', secretPath: '/', key: 'A', version: 1 },
      },
      {
        action: 'secret.create',
        address: '192.0.2.7',
        name: ada.name,
        details: { environment: 'dev', secretPath: '/', keys: ['A'] },
      },
    ])
    expect(JSON.stringify(await list())).not.toContain('canary-55')
    await t.ctx.db.schema.alterTable('audit').renameTo('away').execute()
    await expect(getSecret(t.ctx, ada, { ...place, ...flags, key: 'A' })).rejects.toThrow()
    await expect(updateSecret(t.ctx, ada, { ...place, key: 'A', value: 'new' })).rejects.toThrow()
    await t.ctx.db.schema.alterTable('away').renameTo('audit').execute()
  })

  it('is filtered and paged, newest first, none twice', async () => {
    const start = t.ctx.now().getTime()
    const after = (seconds: number) => new Date(start + seconds * 1000).toISOString()
    for (let i = 1; i <= 25; i++) {
      t.clock.advance(1000)
      await write(i % 2 ? 'tag.create' : 'import.create', { name: `50%_${i}`, environment: i < 4 ? 'dev' : 'dev2' })
    }
    const seen: number[] = []
    for (let cursor: number | undefined; ;) {
      const page = await list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.entries.map(({ seq }) => seq))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i))
    expect((await list({ action: 'tag.' })).entries).toHaveLength(13)
    expect((await list({ action: 'tag' })).entries).toHaveLength(0)
    expect((await list({ action: 'tag., import.create' })).entries).toHaveLength(25)
    expect((await list({ action: 'tag.,import.', environment: 'dev' })).entries).toHaveLength(3)
    expect((await list({ environment: 'de' })).entries).toHaveLength(0)
    expect((await list({ text: '%_7' })).entries).toHaveLength(1)
    expect((await list({ text: '0%_2' })).entries).toHaveLength(7)
    expect(
      (await list({ actor: t.actor.name, from: after(5), to: after(8).replace('Z', '+00:00') })).entries.map(
        ({ seq }) => seq,
      ),
    ).toEqual([7, 6, 5])
    expect((await list({ actor: 'eve' })).entries).toHaveLength(0)
  })
})
