import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openSqlite } from '../open.ts'
import { timeSlice } from './time-slice.ts'

/** Computes until the slice of the process is over. */
function compute(): void {
  const slice = timeSlice()
  while (!slice.isOver());
}

it('short loops in a row share one slice, and each that rested gets a whole one', async () => {
  compute()
  expect(timeSlice().isOver()).toBe(true)
  const gone: string[] = []
  setImmediate(() => gone.push('round'))
  await Promise.all(
    ['one', 'other'].map(async (name) => {
      await timeSlice().rest()
      expect(timeSlice().isOver()).toBe(false)
      gone.push(name)
      compute()
    }),
  )
  expect(gone).toEqual(['round', 'one', 'other'])
})

it('statements of SQLite rest between slices, inside a transaction too', async () => {
  const db = openSqlite(':memory:')
  let rounds = 0
  const count = (): void => {
    rounds++
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  await db.transaction().execute(async (tx) => {
    compute()
    await sql`select 1`.execute(tx)
  })
  clearImmediate(next)
  expect(rounds).toBeGreaterThan(0)
  await db.destroy()
})
