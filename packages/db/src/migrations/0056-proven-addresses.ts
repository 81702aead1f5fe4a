import { sql, type Kysely } from 'kysely'

/**
 * Who gave an invitation, so that it ends with their right to give it, and whether its link went to the invited address
 * alone. Invitations from before were shown to the inviter; the ones of a person whose account is still there continue.
 *
 * Until now an account counted as proven once it was linked to the provider, although its password may be older than
 * that. Such an account is proven again at its next sign-in by the provider, which drops what was set before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema.alterTable('invitations').addColumn('mailed', 'integer').execute()
  await schema.alterTable('invitations').addColumn('created_by_kind', 'text').execute()
  await schema.alterTable('invitations').addColumn('created_by_id', 'text').execute()

  const tables = await db.introspection.getTables()
  const hasColumns = (name: string, ...columns: string[]): boolean => {
    const present = tables.find((table) => table.name === name)?.columns.map((column) => column.name) ?? []
    return columns.every((column) => present.includes(column))
  }
  if (hasColumns('user', 'id', 'email')) {
    await sql`update invitations set created_by_kind = 'user',
      created_by_id = (select id from "user" where email = invitations.created_by)
      where created_by in (select email from "user")`.execute(db)
  }
  if (hasColumns('user', 'emailVerified') && hasColumns('account', 'userId', 'providerId', 'createdAt')) {
    await sql`update "user" set "emailVerified" = ${'0'} where exists (
      select 1 from account password join account provider on provider."userId" = password."userId"
      where password."userId" = "user".id and password."providerId" = 'credential' and provider."providerId" = 'oidc'
      and password."createdAt" <= provider."createdAt")`.execute(db)
  }
}
