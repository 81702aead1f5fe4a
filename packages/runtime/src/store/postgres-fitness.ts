/** Whether a Postgres can carry a store and a queue, before anything is changed. */
import { openPostgres } from '@keyferry/db'
import { sql } from 'kysely'
import { StartupError } from '../startup-error.ts'

/** The oldest that the queue supports. */
const OLDEST_MAJOR = 13

interface Found {
  version: number
  user: string
  database: string
  /** Null: no schema of the search path exists. */
  schema: string | null
  mayCreateTables: boolean | null
  mayCreateSchemas: boolean
  hasQueue: boolean
}

/** Throws `StartupError` where the version is too old or a right is missing, and what the driver says. */
export async function refuseUnfitPostgres(databaseUrl: string): Promise<void> {
  const db = openPostgres(databaseUrl, 1)
  try {
    const { rows } = await sql<Found>`
      select current_setting('server_version_num')::int as version, current_user as user, current_database() as database,
        current_schema() as schema, has_schema_privilege(current_schema(), 'CREATE') as "mayCreateTables",
        has_database_privilege(current_database(), 'CREATE') as "mayCreateSchemas",
        to_regclass('pgboss.version') is not null as "hasQueue"`.execute(db)
    const [found] = rows
    const problem = found && problemOf(found)
    if (problem) throw new StartupError(`The database of DATABASE_URL cannot be used: ${problem} Nothing was changed.`)
  } finally {
    await db.destroy()
  }
}

function problemOf({ version, user, database, schema, ...may }: Found): string | null {
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_MAJOR) return `it is Postgres ${major}, and Keyferry needs ${OLDEST_MAJOR} or newer.`
  if (schema === null)
    return `its search path names no schema that exists. Run: ALTER USER ${user} SET search_path = public`
  if (may.mayCreateTables !== true)
    return `${user} must be able to create tables. Run as its owner: GRANT CREATE ON SCHEMA ${schema} TO ${user}`
  if (!may.hasQueue && !may.mayCreateSchemas)
    return `${user} must be able to create the schema of the queue, pgboss. Run as its owner: GRANT CREATE ON DATABASE ${database} TO ${user}`
  return null
}
