/** Runs a suite on every database the product runs on. For tests only. */
import { randomUUID } from 'node:crypto'
import type {} from '@keyferry/vitest/postgres'
import { sql } from 'kysely'
import pg from 'pg'
import { describe, inject } from 'vitest'
import { migrate } from './migrate.ts'
import { openPostgres, openSqlite, type Db, type Dialect } from './open.ts'

/** Opens an empty, migrated store; a Postgres one is a new database in the test server. */
export type OpenStore = () => Promise<{ db: Db; close: () => Promise<void>; databaseUrl: string | null }>

export function onEveryDatabase(name: string, suite: (open: OpenStore, dialect: Dialect) => void): void {
  describe(`${name} (sqlite)`, () => suite(openSqliteStore, 'sqlite'))
  // tooling/vitest says why when there is no Postgres to test on.
  describe.skipIf(!inject('postgresUrl'))(`${name} (postgres)`, () => suite(openPostgresStore, 'postgres'))
}

/** An empty store in memory. */
export async function openSqliteStore(): ReturnType<OpenStore> {
  const db = openSqlite(':memory:')
  await migrate(db)
  return { db, close: () => db.destroy(), databaseUrl: null }
}

async function openPostgresStore(): ReturnType<OpenStore> {
  const databaseUrl = await createDatabase()
  const db = openPostgres(databaseUrl, 5)
  await migrate(db)
  return { db, databaseUrl, close: () => db.destroy() }
}

/** A new, empty database in the test server; its URL. */
export async function createDatabase(): Promise<string> {
  const server = inject('postgresUrl')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Runs a statement as it stands; its rows. */
export async function statement(db: Db, text: string): Promise<unknown[]> {
  return (await sql.raw(text).execute(db)).rows
}
