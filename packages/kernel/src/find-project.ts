import type { Db } from '@keyferry/db'
import type { Tx } from './context.ts'
import { NotFound } from './errors.ts'

/** Throws `NotFound`. */
export async function findProject(db: Db | Tx, projectId: string): Promise<{ name: string }> {
  const project = await db.selectFrom('projects').where('id', '=', projectId).select('name').executeTakeFirst()
  if (!project) throw new NotFound(projectMissing(projectId))
  return project
}

export const projectMissing = (projectId: string): string => `Project with ID ${projectId} not found`
