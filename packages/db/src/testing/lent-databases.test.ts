import { describe, expect, inject, it } from 'vitest'
import pg from 'pg'
import { openPostgresStore, statement, type StoreTemplate } from '../testing.ts'

const NOTED: StoreTemplate = {
  name: 'noted',
  async make(db) {
    await statement(db, 'create table notes (id integer primary key, text text not null)')
    await statement(db, 'create table marks (note integer not null references notes (id))')
    await statement(db, `insert into notes values (1, 'it''s the template''s')`)
  },
}

describe.skipIf(!inject('postgresUrl'))('a database of a test', () => {
  it('is lent again with the rows of its template, and to one at a time', async () => {
    const [first, beside] = [await openPostgresStore(NOTED), await openPostgresStore(NOTED)]
    expect(beside.databaseUrl).not.toBe(first.databaseUrl)
    await statement(first.db, `insert into notes select n, repeat('large', 100) from generate_series(2, 2000) as n`)
    await statement(first.db, 'insert into marks values (2)')
    await statement(first.db, 'delete from notes where id = 1')
    await first.close()

    const again = await openPostgresStore(NOTED)
    expect(again.databaseUrl).toBe(first.databaseUrl)
    expect(again.db).not.toBe(first.db)
    expect(await statement(again.db, 'select * from notes')).toEqual([{ id: 1, text: `it's the template's` }])
    expect(await statement(again.db, 'select * from marks')).toEqual([])
    await Promise.all([again.close(), beside.close()])
  })

  it.each([
    ['changed definitions', async () => 'alter table notes add column color text'],
    ['a dropped table', async () => 'drop table marks'],
    ['a lock', async () => 'select pg_advisory_lock(1)'],
    [
      'somebody who is connected',
      async (url: string) => {
        await new pg.Client({ connectionString: url }).on('error', () => {}).connect()
        return 'select 1'
      },
    ],
  ])('is not lent again with %s', async (_, left) => {
    const store = await openPostgresStore(NOTED)
    await statement(store.db, await left(store.databaseUrl ?? ''))
    await store.close()
    const next = await openPostgresStore(NOTED)
    expect(next.databaseUrl).not.toBe(store.databaseUrl)
    await next.close()
  })
})
