import { openSqliteStore } from '@keyferry/db/testing'
import { expect, it } from 'vitest'
import { stopwatch } from '../lease/stopwatch.ts'
import { testContext } from '../testing/test-context.ts'
import { callGuard } from './call-guard.ts'

it('checks the lease last, since it may be lost while the pauses are read', async () => {
  const { ctx, clock, close } = await testContext(openSqliteStore)
  let reads = 0
  const db = new Proxy(ctx.db, {
    get(target, name) {
      if (name === 'selectFrom') reads += 1
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const readsBefore: number[] = []
  const lease = {
    check() {
      readsBefore.push(reads)
      return Promise.resolve()
    },
  }
  const sync = { id: 'sync', projectId: 'project', options: '{}' }
  const { guard } = callGuard({ ...ctx, db }, lease, sync, stopwatch(ctx))
  await guard()
  clock.advance(1000)
  await guard()
  expect(readsBefore).toEqual([0, reads])
  expect(reads).toBeGreaterThan(0)
  await close()
})
