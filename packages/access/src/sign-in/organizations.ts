import type { Context } from '@keyferry/kernel'

/** The one organization of an instance, as clients that know several look for it. */
export const listOrganizations = ({ db }: Pick<Context, 'db'>): Promise<{ id: string; name: string; slug: string }[]> =>
  db.selectFrom('organizations').select(['id', 'name', 'slug']).execute()
