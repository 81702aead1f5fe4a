/** Runs a suite on every database the product runs on. For tests only. */
import { randomUUID } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type {} from '@keyferry/vitest/postgres'
import type {} from '@keyferry/vitest/templates'
import { sql, type Kysely } from 'kysely'
import pg from 'pg'
import { describe, inject } from 'vitest'
import { lendDatabase } from './testing/lent-databases.ts'
import { migrate } from './migrate.ts'
import { openPostgres, openSqlite, type Db, type Dialect } from './open.ts'
import type { Tables } from './tables.ts'

export { noteStatementPlans } from './testing/statement-plans.ts'

/** What a store holds when it is opened: made once for the whole run, and copied. */
export interface StoreTemplate {
  name: string
  /** Fills an empty store. */
  make(db: Db): Promise<void>
}

/**
 * Opens a copy of `template`, by default an empty, migrated store. A Postgres one is a database that no other test has
 * at the same time.
 */
export type OpenStore = (
  template?: StoreTemplate,
) => Promise<{ db: Db; close: () => Promise<void>; databaseUrl: string | null }>

const MIGRATED: StoreTemplate = { name: 'migrated', make: migrate }

type Suite = (open: OpenStore, dialect: Dialect) => void

/** For what depends on statements, transactions, locks or types of the store. */
export function onEveryDatabase(name: string, suite: Suite): void {
  onSqlite(name, suite)
  onPostgres(name, suite)
}

/**
 * For what is decided before or after the store: shapes, texts, refusals, limits, formats. The second database would
 * run the same code, and Postgres takes three times as long.
 */
export function onSqlite(name: string, suite: Suite): void {
  describe(`${name} (sqlite)`, () => suite(openSqliteStore, 'sqlite'))
}

/** For malformed input that reaches the store: Postgres refuses characters and numbers that SQLite takes. */
export function onPostgres(name: string, suite: Suite): void {
  // tooling/vitest says why when there is no Postgres to test on.
  describe.skipIf(!inject('postgresUrl'))(`${name} (postgres)`, () => suite(openPostgresStore, 'postgres'))
}

/** A store in memory, by default an empty one. */
export async function openSqliteStore(template = MIGRATED): ReturnType<OpenStore> {
  const db = openSqlite(await sqliteFile(template))
  return { db, close: () => db.destroy(), databaseUrl: null }
}

/** A migrated store in the test server, or a copy of `template`. Only where there is a Postgres to test on. */
export async function openPostgresStore(template = MIGRATED): ReturnType<OpenStore> {
  const name = await postgresName(template)
  const { db, databaseUrl } = await lendDatabase(name, () => createDatabase(name))
  return { db, databaseUrl, close: () => db.destroy() }
}

/** A new database in the test server, empty or a copy of `template`; its URL. */
export async function createDatabase(template = 'template1'): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  // Copying the files takes a third of the time that logging every page does.
  await onServer((server) => server.query(`create database ${name} template ${template} strategy file_copy`))
  return urlOf(name)
}

/** A new database in the test server with an empty, migrated store; its URL. */
export const createMigratedDatabase = async (): Promise<string> => createDatabase(await postgresName(MIGRATED))

/** The template as a file's content: copies of it cost a fraction of making it again. */
const sqliteFile = once(async ({ name, make }) => {
  const file = join(inject('templates'), `${name}.db`)
  const made = await readFile(file).catch(() => null)
  if (made) return made
  const db = openSqlite(':memory:')
  await make(db)
  const own = join(inject('templates'), `${randomUUID()}.db`)
  await sql`vacuum into ${own}`.execute(db)
  await db.destroy()
  await rename(own, file)
  return readFile(file)
})

/** The name of the template's database in the test server, which nobody is connected to: one for the whole run. */
const postgresName = once(async (template) => {
  const name = `${template.name}_${basename(inject('templates')).replaceAll(/\W/g, '_').toLowerCase()}`
  await onServer(async (server) => {
    // Held until this connection ends: the other test files wait.
    await server.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await server.query('select from pg_database where datname = $1', [name])
    if (rowCount) return
    const url = await createDatabase()
    const db = openPostgres(url, 5)
    await template.make(db)
    await db.destroy()
    await server.query(`alter database ${new URL(url).pathname.slice(1)} rename to ${name}`)
  })
  return name
})

/** Once for each template. */
function once<T>(make: (template: StoreTemplate) => Promise<T>): (template: StoreTemplate) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (template) => {
    const known = made.get(template.name) ?? make(template)
    made.set(template.name, known)
    return known
  }
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
