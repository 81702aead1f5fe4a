/**
 * Databases of the test server that are lent to one test after another. A new one costs ten times what emptying one
 * does: its files are copied, and each of its connections reads the catalogue first. For tests only.
 */
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { connectionPool, onPool, type Db } from '../open.ts'
import { withReserve } from '../reserved-connection.ts'

/** A database that holds what its template holds, with connections that stay open from one test to the next. */
interface Database {
  url: string
  pool: pg.Pool
  reserve: pg.Pool
  tables: string[]
  /** Puts the template's rows into the emptied tables. */
  refill: string
}

/** Those that no test has now, by template. Each test process has its own. */
const free = new Map<string, Database[]>()

/** Larger tables get new files, so that no test scans what the tests before it left. */
const LARGE_BYTES = 256 * 1024

/** A store that holds what `template` does; `create` makes a database. It is given back when the store is destroyed. */
export async function lendDatabase(
  template: string,
  create: () => Promise<string>,
): Promise<{ db: Db; databaseUrl: string }> {
  const database = free.get(template)?.pop() ?? (await connected(await create()))
  const { url, pool, reserve } = database
  const end = async (): Promise<void> => {
    const isAsNew = await emptied(database).catch(() => false)
    if (isAsNew) free.set(template, [...(free.get(template) ?? []), database])
    else await Promise.all([pool.end(), reserve.end()])
  }
  // A new store each time: what it remembers ends with the test.
  return { db: onPool({ ...withReserve(pool, reserve), end }), databaseUrl: url }
}

/**
 * Milliseconds for what takes time on a busy machine: a connection that opens or becomes free, a test that does other
 * things while it has a transaction open.
 */
const CONNECTION_TIMEOUT_MS = 60_000

/** Counts the changes of definitions, also those that were rolled back. */
const COUNT_DEFINITIONS = `
  create schema test_server;
  create sequence test_server.definitions;
  create function test_server.count_definition() returns event_trigger language plpgsql
    as $$ begin perform nextval('test_server.definitions'); end $$;
  create event trigger count_changed on ddl_command_end execute function test_server.count_definition();
  create event trigger count_dropped on sql_drop execute function test_server.count_definition()`

async function connected(url: string): Promise<Database> {
  const [pool, reserve] = [connectionPool(url, 5, CONNECTION_TIMEOUT_MS), connectionPool(url, 1, CONNECTION_TIMEOUT_MS)]
  for (const { options } of [pool, reserve]) {
    options.idle_in_transaction_session_timeout = CONNECTION_TIMEOUT_MS
    // A test process that has nothing else to do ends.
    options.allowExitOnIdle = true
  }
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    )
    const tables = rows.map(({ name }) => name)
    const refills: string[] = []
    for (const name of tables) {
      const filled = await client.query<{ content: string | null }>(
        `select quote_literal(json_agg(row)) as content from ${name} as row`,
      )
      const content = filled.rows[0]?.content
      if (content) refills.push(`insert into ${name} select * from json_populate_recordset(null::${name}, ${content})`)
    }
    await client.query(COUNT_DEFINITIONS)
    return { url, pool, reserve, tables, refill: refills.join('; ') }
  } finally {
    client.release()
  }
}

/** Whether the test left nothing but rows; they are gone then. */
async function emptied({ pool, reserve, tables, refill }: Database): Promise<boolean> {
  // As the end of a pool does, it waits for what is under way.
  while ([pool, reserve].some((one) => one.waitingCount > 0 || one.idleCount < one.totalCount)) await setTimeout(2)
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ left: boolean; large: string[] }>(LEFT, [
      pool.totalCount + reserve.totalCount,
      LARGE_BYTES,
    ])
    const [found] = rows
    if (!found || found.left) return false
    const large = new Set(found.large)
    const empty = tables.map((name) => (large.has(name) ? `truncate ${name} cascade` : `delete from ${name}`))
    // Foreign keys would only look for rows that are deleted anyway.
    const alone = 'set local session_replication_role = replica'
    await client.query(['begin', alone, ...empty, refill || 'select', 'commit'].join('; '))
    return true
  } finally {
    client.release()
  }
}

/** Whether a test left changed definitions, a lock or somebody who is connected ($1: ours), and the large tables. */
const LEFT = `select
  (select is_called from test_server.definitions)
    or exists (select from pg_locks join pg_database on pg_database.oid = database
      where locktype = 'advisory' and datname = current_database())
    or (select count(*) <> $1 or count(*) filter (where state <> 'idle') <> 1 from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend') as left,
  array(select quote_ident(relname) from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > $2) as large`
