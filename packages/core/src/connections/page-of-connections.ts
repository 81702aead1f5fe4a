/** One page of a list of connections. Pure. */
import type { pageConnections } from '@keyferry/schemas'
import type { z } from 'zod'

/** What a page is searched and ordered by. */
export interface PagedConnection {
  name: string
  description: string | null
  account: string | null
  /** The provider, as people call it. */
  title: string
  projectId: string | null
  allowedProjects: readonly string[] | null
}

/**
 * The connections of a page by name, how many all pages have, and the cursor for the next one; null after the last. A
 * cursor is the name of the last connection, which no other has, so that one that comes or goes meanwhile neither hides
 * nor repeats another.
 */
export function pageOfConnections<Connection extends PagedConnection>(
  connections: readonly Connection[],
  { projectId, search = '', cursor, limit }: Omit<z.output<typeof pageConnections>, 'destination'>,
): { connections: Connection[]; total: number; nextCursor: string | null } {
  const isUsable = ({ projectId: owner, allowedProjects }: Connection): boolean =>
    projectId === undefined ||
    (owner === null ? allowedProjects === null || allowedProjects.includes(projectId) : owner === projectId)
  const wanted = search.toLowerCase().trim().split(/\s+/)
  const isFound = ({ name, title, account, description }: Connection): boolean => {
    const text = `${name} ${title} ${account ?? ''} ${description ?? ''}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  }
  const listed = connections
    .filter((each) => isUsable(each) && isFound(each))
    // By code units, so that every database has the same order.
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rest = cursor === undefined ? listed : listed.filter(({ name }) => name > cursor)
  const page = rest.slice(0, limit)
  return {
    connections: page,
    total: listed.length,
    nextCursor: rest.length > limit ? (page.at(-1)?.name ?? null) : null,
  }
}
