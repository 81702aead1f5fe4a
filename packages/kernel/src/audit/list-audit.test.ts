/** The filters of the audit log, where it is longer than one statement looks through, on every database. */
import { randomUUID } from 'node:crypto'
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { testContext } from '../testing.ts'
import { rowsAfter } from './audit-page.ts'
import { auditEvent } from './audit.ts'
import { listAudit } from './list-audit.ts'
import { verifyAudit } from './verify-audit.ts'

type Query = z.output<typeof schemas.listAudit>

const ROWS = 11_000
const MINUTE = 60_000
const at = (seq: number): string => new Date(Date.parse('2026-01-01T00:00:00.000Z') + seq * MINUTE).toISOString()

onEveryDatabase('filters of the audit log', (open) => {
  it('find what is seldom, newest first and each row once, however far back it is', async () => {
    const { ctx, actor, close } = await testContext(open)
    onTestFinished(close)
    await ctx.db.deleteFrom('audit').execute()
    const rows = Array.from({ length: ROWS }, (_, index) => ({
      id: randomUUID(),
      seq: index + 1,
      at: at(index + 1),
      actorKind: 'user',
      actorId: index % 4_000 === 0 ? 'seldom' : 'often',
      actor: 'Ada',
      address: null,
      action: index % 3_000 === 1 ? 'project.delete' : 'secret.read',
      projectId: index % 2 === 0 ? 'shop' : null,
      details: JSON.stringify({ key: index % 5_000 === 3 ? 'SPECIAL' : 'KEY' }),
      prevHash: '',
      hash: '',
      marks: null,
    }))
    for (let from = 0; from < ROWS; from += 2_000)
      await ctx.db
        .insertInto('audit')
        .values(rows.slice(from, from + 2_000))
        .execute()
    const filters: [Omit<Query, 'limit'>, (row: (typeof rows)[number]) => boolean][] = [
      [{ actor: 'seldom' }, ({ actorId }) => actorId === 'seldom'],
      [{ actor: 'seldom', projectId: 'shop' }, ({ actorId }) => actorId === 'seldom'],
      [{ action: 'project.' }, ({ action }) => action === 'project.delete'],
      [{ text: 'special' }, ({ details }) => details.includes('SPECIAL')],
      [{ action: 'project.delete', to: at(5_000) }, ({ action, seq }) => action === 'project.delete' && seq < 5_000],
      [
        { except: 'secret.read', from: at(2_000), to: at(3_500) },
        ({ action, seq }) => action !== 'secret.read' && seq >= 2_000 && seq < 3_500,
      ],
      [{ environment: 'dev' }, () => false],
    ]
    for (const [filter, isWanted] of filters) {
      const found: number[] = []
      let cursor: number | undefined
      do {
        const page = await listAudit(ctx, actor, { ...filter, limit: 2, cursor })
        found.push(...page.entries.map(({ seq }) => seq))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(found, JSON.stringify(filter)).toEqual(
        rows
          .filter(isWanted)
          .map(({ seq }) => seq)
          .toReversed(),
      )
    }
    const newest = await listAudit(ctx, actor, { limit: 3 })
    expect(newest.entries.map(({ seq }) => seq)).toEqual([ROWS, ROWS - 1, ROWS - 2])
  })

  it('have fewer rows on a page where they are large, and each of them on one', async () => {
    const { ctx, actor, close } = await testContext(open)
    onTestFinished(close)
    const keys = Array.from({ length: 3 }, () => 'K'.repeat(1_000_000))
    await ctx.authority.catchUp(ctx.db)
    for (let n = 0; n < 6; n++) await auditEvent(ctx, actor, 'secret.paste', null, { keys, n })
    // What other processes wrote is read in such parts, too.
    let most = 0
    const plain = ctx.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        most = Math.max(most, JSON.stringify(result.rows).length)
        return result
      },
    })
    await ctx.authority.catchUp(Object.assign(plain, { dialect: ctx.db.dialect }))
    expect(most).toBeLessThan(10_000_000)
    expect(most).toBeGreaterThan(5_000_000)
    const numbers = (page: Awaited<ReturnType<typeof listAudit>>) =>
      page.entries.flatMap(({ action, details }) => (action === 'secret.paste' ? [details.n] : []))
    const first = await listAudit(ctx, actor, { limit: 100 })
    expect(numbers(first)).toEqual([5, 4])
    const second = await listAudit(ctx, actor, { limit: 100, cursor: first.nextCursor ?? 0 })
    const third = await listAudit(ctx, actor, { limit: 100, cursor: second.nextCursor ?? 0 })
    expect([...numbers(second), ...numbers(third)]).toEqual([3, 2, 1, 0])
    expect(third.nextCursor).toBe(null)
    const chain: number[] = []
    for (let after = 0, isLast = false; !isLast;) {
      const page = await rowsAfter(ctx.db, { after, end: second.entries[0]?.seq ?? 0, limit: 100 })
      expect(page.rows.length).toBeLessThan(4)
      chain.push(...page.rows.map(({ seq }) => seq))
      after = chain.at(-1) ?? 0
      isLast = page.isLast
    }
    expect(chain).toEqual(chain.map((_, index) => index + 1))
    expect(chain.at(-1)).toBe(second.entries[0]?.seq)
    expect((await verifyAudit(ctx)).problem).toBe(null)
  })
})
