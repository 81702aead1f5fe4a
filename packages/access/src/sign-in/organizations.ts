import type { Context } from '@keyferry/kernel'

interface Organization {
  id: string
  name: string
  slug: string
  createdAt: string
  updatedAt: string
}

/** The one organization of an instance, as clients that know several look for it. What it answers never changes. */
export const listOrganizations = ({ db }: Pick<Context, 'db'>): Promise<Organization[]> =>
  db.selectFrom('organizations').select(['id', 'name', 'slug', 'createdAt', 'createdAt as updatedAt']).execute()
