import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { timeOrders, timeOrdersIn } from '../src/time-orders.ts'

it.each([
  `db.selectFrom('runs').orderBy('startedAt', 'desc').limit(9).selectAll().execute()`,
  `db.selectFrom('runs').orderBy('syncId').orderBy('runs.startedAt').select('startedAt').execute()`,
  `const oldest = due.orderBy('behindSince')`,
  `db.selectFrom('audit').orderBy('at').select('seq')`,
])('finds %s', (text) => {
  expect(timeOrdersIn('a.ts', text)).toEqual([1])
})

it('leaves a time with a column that decides among equal ones, and one of which nothing else is read', () => {
  const text = [
    `db.selectFrom('runs').orderBy('startedAt', 'desc').orderBy('id', 'desc').selectAll().execute()`,
    `db.selectFrom('runs').orderBy('startedAt').limit(1).offset(99).select('startedAt')`,
    `db.selectFrom('syncs').orderBy('format').selectAll()`,
  ].join('\n')
  expect(timeOrdersIn('a.ts', text)).toEqual([])
})

it('there is none in the repository', () => {
  expect(timeOrders(resolve(import.meta.dirname, '../../..'))).toEqual([])
})
