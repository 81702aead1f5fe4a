import { sql, type Kysely } from 'kysely'

/** Time that a key without an end gets from now. */
const LIFE_MS = 365 * 86_400_000

/** API keys always end: those that never would end a year from now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables()
  const columns = tables.find(({ name }) => name === 'apikey')?.columns.map(({ name }) => name) ?? []
  if (!columns.includes('expiresAt')) return
  const end = new Date(Date.now() + LIFE_MS).toISOString()
  await sql`update apikey set "expiresAt" = ${end} where "expiresAt" is null and id in (select id from api_keys)`.execute(
    db,
  )
}
