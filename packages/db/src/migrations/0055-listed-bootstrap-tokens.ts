import { sql, type Kysely } from 'kysely'

/** Time that a token from before gets to be replaced. */
const LIFE_MS = 30 * 86_400_000

/**
 * Tokens that set an instance up were in no list, had no end and outlived their owner. They become API keys: of the
 * account that they were made for, ending 30 days from now. A token whose account was removed ends here, as its removal
 * should have done.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables()
  const columnsOf = (name: string): ReadonlySet<string> =>
    new Set(tables.find((table) => table.name === name)?.columns.map((column) => column.name))
  const columns = columnsOf('apikey')
  if (!columns.has('id') || !columnsOf('user').has('id')) return
  const column = (name: string) => (columns.has(name) ? sql.raw(`"${name}"`) : sql`null`)
  const { rows: unlisted } = await sql<{ id: string; name: string | null; owner: string | null }>`
    select id, ${column('name')} as name, ${column('referenceId')} as owner from apikey
    where id not in (select id from api_keys)`.execute(db)
  if (unlisted.length === 0) return
  const { rows: admins } = await sql<{ id: string }>`
    select principal_id as id from instance_admins where principal_id in (select id from "user")
    order by created_at, principal_id`.execute(db)
  const { rows: users } = await sql<{ id: string }>`select id from "user"`.execute(db)
  const accounts = new Set(users.map(({ id }) => id))
  const now = new Date()
  for (const { id, name, owner } of unlisted) {
    const ownerId = owner ?? admins[0]?.id
    if (ownerId === undefined || !accounts.has(ownerId)) {
      await sql`delete from instance_admins where principal_id = ${id}`.execute(db)
      await sql`delete from apikey where id = ${id}`.execute(db)
      continue
    }
    await sql`insert into api_keys (id, name, owner_id, created_at)
      values (${id}, ${name ?? 'Bootstrap token'}, ${ownerId}, ${now.toISOString()})`.execute(db)
    if (columns.has('expiresAt'))
      await sql`update apikey set "expiresAt" = ${new Date(now.getTime() + LIFE_MS).toISOString()} where id = ${id}`.execute(
        db,
      )
  }
}
