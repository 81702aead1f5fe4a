import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

const NAMED = 3

/** The projects that may use a connection, in words. `projects`: those that the reader knows by name. */
export function allowedNames(
  { projectId, project, allowedProjects }: Connection,
  projects: readonly { id: string; name: string }[],
): string {
  if (projectId !== null) return words.connectionCard.only(project?.name ?? words.connectionCard.oneProject)
  if (allowedProjects === null) return words.connectionCard.forAllProjects
  const names = projects.flatMap(({ id, name }) => (allowedProjects.includes(id) ? name : []))
  const more = allowedProjects.length - Math.min(names.length, NAMED)
  const first = names.slice(0, NAMED).join(', ')
  return words.connectionCard.for(more === 0 ? first : words.connectionCard.more(first, more))
}
