/** Runs a suite on every database the product runs on. For tests only. */
import { randomUUID } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type {} from '@keyferry/vitest/postgres'
import type {} from '@keyferry/vitest/templates'
import { sql, type Kysely } from 'kysely'
import pg from 'pg'
import { describe, inject } from 'vitest'
import { migrate } from './migrate.ts'
import { openPostgres, openSqlite, type Db, type Dialect } from './open.ts'
import type { Tables } from './tables.ts'

/** Opens an empty, migrated store; a Postgres one is a new database in the test server. */
export type OpenStore = () => Promise<{ db: Db; close: () => Promise<void>; databaseUrl: string | null }>

export function onEveryDatabase(name: string, suite: (open: OpenStore, dialect: Dialect) => void): void {
  describe(`${name} (sqlite)`, () => suite(openSqliteStore, 'sqlite'))
  // tooling/vitest says why when there is no Postgres to test on.
  describe.skipIf(!inject('postgresUrl'))(`${name} (postgres)`, () => suite(openPostgresStore, 'postgres'))
}

/** An empty store in memory. */
export async function openSqliteStore(): ReturnType<OpenStore> {
  const db = openSqlite(await sqliteTemplate())
  return { db, close: () => db.destroy(), databaseUrl: null }
}

async function openPostgresStore(): ReturnType<OpenStore> {
  const databaseUrl = await createDatabase(await postgresTemplate())
  const db = openPostgres(databaseUrl, 5)
  return { db, databaseUrl, close: () => db.destroy() }
}

/** A new database in the test server, empty or a copy of `template`; its URL. */
export async function createDatabase(template = 'template1'): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  // Copying the files takes a third of the time that logging every page does.
  await onServer((server) => server.query(`create database ${name} template ${template} strategy file_copy`))
  return urlOf(name)
}

/** A migrated store as a file's content: copies of it cost a fraction of migrating again. */
const sqliteTemplate = once(async () => {
  const file = join(inject('templates'), 'migrated.db')
  const made = await readFile(file).catch(() => null)
  if (made) return made
  const db = openSqlite(':memory:')
  await migrate(db)
  const own = join(inject('templates'), `${randomUUID()}.db`)
  await sql`vacuum into ${own}`.execute(db)
  await db.destroy()
  await rename(own, file)
  return readFile(file)
})

/** The name of a migrated database in the test server, which nobody is connected to: one for the whole run. */
const postgresTemplate = once(async () => {
  const name = `migrated_${basename(inject('templates')).replaceAll(/\W/g, '_').toLowerCase()}`
  await onServer(async (server) => {
    // Held until this connection ends: the other test files wait.
    await server.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await server.query('select from pg_database where datname = $1', [name])
    if (rowCount) return
    const url = await createDatabase()
    const db = openPostgres(url, 1)
    await migrate(db)
    await db.destroy()
    await server.query(`alter database ${new URL(url).pathname.slice(1)} rename to ${name}`)
  })
  return name
})

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: inject('postgresUrl') })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${database}`
  return url.href
}

/** Runs a statement as it stands; its rows. */
export async function statement(db: Kysely<Tables>, text: string): Promise<unknown[]> {
  return (await sql.raw(text).execute(db)).rows
}
