import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { POOLED_PARAMETERS, startUpParameters } from '@keyferry/vitest/start-up-parameters'
import { sql, type Kysely } from 'kysely'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { withoutDiskWait } from './sqlite/disk-wait.ts'
import { isCollision, storeTrouble } from './errors.ts'
import { migrate, missingMigrations, SchemaTooNew } from './migrate.ts'
import { openPostgres, openSqlite } from './open.ts'
import type { Tables } from './tables.ts'
import { createDatabase, onEveryDatabase } from './testing.ts'

/** What `pragma synchronous` answers. */
const [NORMAL, FULL] = [1, 2]

onEveryDatabase('store', (open) => {
  it('migrates an empty database and answers', async () => {
    const { db, close } = await open()
    expect(await db.selectFrom('projects').selectAll().execute()).toEqual([])
    expect(await missingMigrations(db)).toEqual([])
    await close()
  })

  it('is not touched by code that is older than its schema', async () => {
    const { db, close } = await open()
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(db)
    await expect(migrate(db)).rejects.toThrow(SchemaTooNew)
    await expect(migrate(db)).rejects.toThrow('9999-later')
    await close()
  })

  it('says which migrations are missing', async () => {
    const { db, close } = await open()
    await sql`delete from kysely_migration where name = '0001-first'`.execute(db)
    expect(await missingMigrations(db)).toEqual(['0001-first'])
    await close()
  })
})

it('migrates SQLite whole or not at all', async () => {
  const db = openSqlite(':memory:')
  await sql`create table sync_events (id text)`.execute(db)
  await expect(migrate(db)).rejects.toThrow('sync_events')
  const tables = await db.introspection.getTables()
  expect(tables.map(({ name }) => name)).toEqual(['sync_events'])
  await sql`drop table sync_events`.execute(db)
  await migrate(db)
  expect(await missingMigrations(db)).toEqual([])
  await db.destroy()
})

it.skipIf(!inject('postgresUrl'))(
  'ten processes migrate one database at once, and time-outs are back in place afterwards',
  async () => {
    const url = await createDatabase()
    const stores = Array.from({ length: 10 }, () => openPostgres(url, 1))
    await Promise.all(stores.map((db) => migrate(db)))
    for (const db of stores) {
      const { rows } = await sql<{ statement: string; lock: string; idle: string }>`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`.execute(db)
      expect(rows).toEqual([{ statement: '30s', lock: '15s', idle: '10s' }])
      await db.destroy()
    }
  },
)

it('connects to Postgres with no start-up parameter but those that a pooler has to let through', async () => {
  const asked = await startUpParameters(async (url) => {
    const db = openPostgres(url, 1)
    await sql`select 1`.execute(db).finally(() => db.destroy())
  })
  expect(asked).toEqual(POOLED_PARAMETERS)
})

it.skipIf(!inject('postgresUrl'))('has its settings beside the options that a URL brings', async () => {
  const url = new URL(await createDatabase())
  url.searchParams.set('options', '-c search_path=elsewhere')
  const db = openPostgres(url.href, 1)
  const { rows } = await sql`
    select current_setting('search_path') as path, current_setting('random_page_cost') as cost,
      current_setting('jit') as jit`.execute(db)
  // The Postgres of the tests can't compile; those of Linux distributions do.
  expect(rows).toEqual([{ path: 'elsewhere', cost: '1.1', jit: 'off' }])
  await db.destroy()
})

it.skipIf(!inject('postgresUrl'))('waits for writers before it migrates, and makes none of them fail', async () => {
  const url = await createDatabase()
  const [migrating, writing] = [openPostgres(url, 1), openPostgres(url, 2)]
  await sql`create table first (id text); create table last (id text)`.execute(writing)
  const written = Promise.withResolvers<void>()
  const writer = writing.transaction().execute(async (tx) => {
    // However long the migration takes to get there.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx)
    await sql`insert into last values ('a')`.execute(tx)
    await written.promise
    // The migration has it, and waits for the other: a dead-lock, if it waited for long.
    await sql`insert into first values ('b')`.execute(tx)
  })
  const migration = migrate(migrating)
  const held = sql`select from pg_locks where relation = 'first'::regclass and mode = 'AccessExclusiveLock' and granted`
  await expect.poll(async () => (await held.execute(writing)).rows.length, { interval: 20 }).toBe(1)
  written.resolve()
  await Promise.all([writer, migration])
  expect(await missingMigrations(migrating)).toEqual([])
  await migrating.destroy()
  await writing.destroy()
})

it.skipIf(!inject('postgresUrl'))(
  'a dead-lock of Postgres is a collision, and a connection that is cut in use does not end the process',
  async () => {
    const url = await createDatabase()
    const db = openPostgres(url, 3)
    await sql`create table t (id text primary key, n integer)`.execute(db)
    await sql`insert into t values ('a', 0), ('b', 0)`.execute(db)
    const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const cross = (first: string, second: string, mine: number) =>
      db.transaction().execute(async (tx) => {
        await sql`update t set n = n + 1 where id = ${first}`.execute(tx)
        both[mine]?.resolve()
        await Promise.all(both.map(({ promise }) => promise))
        await sql`update t set n = n + 1 where id = ${second}`.execute(tx)
      })
    const settled = await Promise.allSettled([cross('a', 'b', 0), cross('b', 'a', 1)])
    const lost = settled.filter((one) => one.status === 'rejected')
    expect(lost).toHaveLength(1)
    expect(isCollision(lost[0]?.reason)).toBe(true)

    const cut = db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db)
      await sql`select 1`.execute(tx)
    })
    await expect(cut).rejects.toThrow(/terminat|connection|closed|ECONNRESET/i)
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
    await db.destroy()
  },
)

it.skipIf(!inject('postgresUrl'))(
  'statements are prepared, at most so many, and continue when the next version adds a column',
  async () => {
    const db = openPostgres(await createDatabase(), 1)
    await sql`create table t (id text primary key)`.execute(db)
    await sql`insert into t values ('a')`.execute(db)
    const some = () => sql`select id from t where id = ${'a'}`.execute(db)
    const all = () => sql`select * from t`.execute(db)
    for (let time = 0; time < 8; time++) expect((await some()).rows).toEqual((await all()).rows)
    const names = async () => (await sql`select name from pg_prepared_statements`.execute(db)).rows.length
    expect(await names()).toBe(1)

    await sql`alter table t add column later text`.execute(db)
    expect((await some()).rows).toEqual([{ id: 'a' }])
    expect((await all()).rows).toEqual([{ id: 'a', later: null }])

    for (let length = 1; length <= 600; length++) {
      const list = sql.join(Array.from({ length }, (_, i) => `${i}`))
      for (let time = 0; time < 2; time++) await sql`select id from t where id in (${list})`.execute(db)
    }
    expect(await names()).toBeLessThanOrEqual(500)
    await db.destroy()
  },
)

it.skipIf(!inject('postgresUrl'))('the trouble of a Postgres is derived from its answer', async () => {
  const url = new URL(await createDatabase())
  const owner = openPostgres(url.href, 1)
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(owner)
  const database = rows[0]?.name ?? ''
  const suffers = async (statement: string, from = url) => {
    const db = openPostgres(from.href, 1)
    const error: unknown = await sql
      .raw(statement)
      .execute(db)
      .catch((thrown: unknown) => thrown)
    await db.destroy()
    return storeTrouble(error)
  }
  const nowhere = new URL(url)
  nowhere.port = '1'
  const absent = new URL(url)
  absent.pathname = '/there_is_none'
  expect(await suffers('select 1', nowhere)).toBe('unreachable')
  expect(await suffers('select 1', absent)).toBe('refused')
  expect(await suffers(`do $$ begin raise exception 'no room' using errcode = '53100'; end $$`)).toBe('full')
  expect(await suffers(`set statement_timeout = 1; select pg_sleep(5)`)).toBe('overloaded')
  expect(await suffers('select nonsense')).toBeNull()
  await sql.raw(`alter database ${database} set default_transaction_read_only = on`).execute(owner)
  expect(await suffers('create table t (id text)')).toBe('read-only')
  expect(storeTrouble(Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' }))).toBe('failing')
  await owner.destroy()
})

it.skipIf(!inject('postgresUrl'))('connections that refuse writes are replaced once Postgres takes them', async () => {
  const url = await createDatabase()
  const database = new URL(url).pathname.slice(1)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const owner = openPostgres(url, 1)
  await sql.raw(`alter database ${database} set default_transaction_read_only = on`).execute(owner)
  const db = openPostgres(url, 1)
  const write = () => sql`create table if not exists t (id text)`.execute(db)
  await expect(write()).rejects.toThrow('read-only')
  await sql.raw(`alter database ${database} reset default_transaction_read_only`).execute(owner)
  await expect(write()).rejects.toThrow('read-only')
  // In use all the time, as that of a worker is.
  for (let second = 0; second < 60; second += 10) {
    await sql`select 1`.execute(db)
    await vi.advanceTimersByTimeAsync(10_000)
  }
  await write()
  await Promise.all([owner.destroy(), db.destroy()])
})

it('the log of SQLite, which grew beside a long reader, returns its room', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-store-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'keyferry.db')
  const [db, reader] = [openSqlite(file), openSqlite(file)]
  const write = () => sql`insert into t (value) values (randomblob(1000000))`.execute(db)
  const logged = async () => (await stat(`${file}-wal`)).size / 1024 ** 2
  await sql`create table t (value blob)`.execute(db)
  await reader
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`select * from t`.execute(tx)
      for (let megabyte = 0; megabyte < 20; megabyte++) await write()
      expect(await logged()).toBeGreaterThan(19)
    })
  await write()
  await write()
  expect(await logged()).toBeLessThanOrEqual(16)
  await Promise.all([db.destroy(), reader.destroy()])
})

it('every foreign key has an index, so that deleting a row reads only the rows that refer to it', async () => {
  const db = openSqlite(':memory:')
  await migrate(db)
  const { rows } = await sql<{ key: string }>`
    select tables.name || '.' || keys."from" as key
    from sqlite_master as tables, pragma_foreign_key_list(tables.name) as keys
    where tables.type = 'table' and keys.seq = 0
      and not exists (
        select 1 from pragma_index_list(tables.name) as indexes, pragma_index_info(indexes.name) as parts
        where parts.seqno = 0 and parts.name = keys."from"
      )
      and not exists (select 1 from pragma_table_info(tables.name) as columns where columns.pk = 1 and columns.name = keys."from")`.execute(
    db,
  )
  expect(rows).toEqual([])
  await db.destroy()
})

it('SQLite waits for the disk again after commits that did not', async () => {
  const db = openSqlite(':memory:')
  expect(await synchronous(db)).toBe(FULL)
  for (const end of [() => Promise.resolve(), () => Promise.reject(new Error('over'))]) {
    const ended = withoutDiskWait(db, async (relaxed) => {
      expect(await synchronous(relaxed)).toBe(NORMAL)
      await end()
    })
    await ended.catch((error: unknown) => expect(error).toMatchObject({ message: 'over' }))
    expect(await synchronous(db)).toBe(FULL)
  }
  await db.destroy()
})

it('a transaction that may write is the only one from its beginning, and one that only reads keeps nobody out', async () => {
  const { one, other, close } = await twoProcesses()
  const impatient = openSqlite(one.file, 0)
  await one.db.transaction().execute(async (tx) => {
    // As a command of an operator does beside a server that writes.
    expect(await beats(tx)).toEqual([])
    const refused: unknown = await beat(impatient, 'other').catch((error: unknown) => error)
    expect([storeTrouble(refused), isCollision(refused)]).toEqual(['overloaded', false])
    await beat(tx, 'one')
  })
  await one.db
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      expect(await beats(tx)).toEqual(['one'])
      await beat(other, 'other')
      expect(await beats(tx)).toEqual(['one'])
    })
  expect(await beats(one.db)).toEqual(['one', 'other'])
  await impatient.destroy()
  await close()
})

it('writers wait for another process that writes, and meanwhile others read and the event loop turns', async () => {
  const { one, other, close } = await twoProcesses()
  await beat(other, 'first')
  const written: string[] = []
  const writers = [
    () => beat(other, 'alone'),
    () => other.transaction().execute((tx) => beat(tx, 'in a transaction')),
    () => withoutDiskWait(other, (relaxed) => relaxed.transaction().execute((tx) => beat(tx, 'without disk wait'))),
  ]
  const waiting = await one.db.transaction().execute(async (tx) => {
    await beat(tx, 'of the other process')
    const waiting = writers.map(async (write, index) => {
      await write()
      written.push(String(index))
    })
    // Attempts are made in between.
    for (let turn = 0; turn < 200; turn++) {
      expect(await beats(other)).toEqual(['first'])
      expect(await synchronous(other)).toBe(FULL)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toEqual([])
    return waiting
  })
  await Promise.all(waiting)
  expect(await beats(one.db)).toEqual([
    'alone',
    'first',
    'in a transaction',
    'of the other process',
    'without disk wait',
  ])
  expect(await synchronous(other)).toBe(FULL)
  await close()
})

/** Two connections to one file, each as of a process of its own. */
async function twoProcesses() {
  const home = await mkdtemp(join(tmpdir(), 'keyferry-store-'))
  const file = join(home, 'keyferry.db')
  const [one, other] = [openSqlite(file), openSqlite(file)]
  await migrate(one)
  const close = async (): Promise<void> => {
    await Promise.all([one.destroy(), other.destroy()])
    await rm(home, { recursive: true })
  }
  return { one: { db: one, file }, other, close }
}

const beat = (db: Kysely<Tables>, id: string) => db.insertInto('heartbeats').values({ id, at: '' }).execute()

const beats = async (db: Kysely<Tables>): Promise<string[]> =>
  (await db.selectFrom('heartbeats').select('id').orderBy('id').execute()).map(({ id }) => id)

const synchronous = async (on: Kysely<Tables>): Promise<number | undefined> =>
  (await sql<{ synchronous: number }>`pragma synchronous`.execute(on)).rows[0]?.synchronous
