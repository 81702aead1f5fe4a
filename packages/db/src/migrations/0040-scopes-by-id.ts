import { sql, type Kysely } from 'kysely'

/**
 * A role is narrowed to an environment, not to a slug that another one may have tomorrow. The slug stays beside the id:
 * processes of the version before read it. An environment that is gone gets the id of none.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows: environments } = await sql<{ id: string; project_id: string; slug: string }>`
    select id, project_id, slug from environments`.execute(db)
  const ids = new Map(environments.map(({ id, project_id, slug }) => [`${project_id} ${slug}`, id]))
  for (const table of ['memberships', 'invitations']) {
    const { rows } = await sql<{ id: string; project_id: string; scopes: string }>`
      select id, project_id, scopes from ${sql.table(table)} where scopes is not null and project_id is not null`.execute(
      db,
    )
    for (const { id, project_id, scopes } of rows) {
      const narrowed: { environment: string; secretPath: string }[] = JSON.parse(scopes)
      const byId = narrowed.map((scope) => ({
        ...scope,
        environmentId: scope.environment === '*' ? '*' : (ids.get(`${project_id} ${scope.environment}`) ?? ''),
      }))
      await sql`update ${sql.table(table)} set scopes = ${JSON.stringify(byId)} where id = ${id}`.execute(db)
    }
  }
}
