/** Slugs of projects: one for a name, and the refusal of one that another project has. */
import { randomBytes } from 'node:crypto'
import { isUniqueViolation } from '@keyferry/db'
import { BadRequest, type Tx } from '@keyferry/kernel'

/**
 * The name as a slug, cut to leave room, and four random characters, since projects may share a name. Chance repeats
 * four characters among fifty projects of one name once in fifty times, so each is looked up first, and after a few
 * that were taken the characters grow.
 */
export async function freeSlug(tx: Tx, name: string): Promise<string> {
  const words =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 48)
      .replaceAll(/^-+|-+$/g, '') || 'project'
  for (const bytes of [2, 2, 2, 4]) {
    const slug = `${words}-${randomBytes(bytes).toString('hex')}`
    if (!(await isTaken(tx, slug))) return slug
  }
  return `${words}-${randomBytes(7).toString('hex')}`
}

/** Whether a project has the slug. */
export async function isTaken(tx: Tx, slug: string): Promise<boolean> {
  return (await tx.selectFrom('projects').where('slug', '=', slug).select('id').executeTakeFirst()) !== undefined
}

/** The refusal of a slug that another project has. */
export const slugTaken = (slug: string): BadRequest =>
  new BadRequest(`Project slug "${slug}" is already taken. Choose another slug.`)

/** Two writers may both find the slug that they were given free; the database then refuses the second. */
export function explainSlug(slug: string | undefined): (error: unknown) => never {
  return (error) => {
    throw slug !== undefined && isUniqueViolation(error) ? slugTaken(slug) : error
  }
}
