import type { Db, EnvironmentTable, FolderTable, Selectable } from '@keyferry/db'
import type { Tx } from '../context.ts'
import { NotFound } from '../errors.ts'
import { lookedUp } from './looked-up.ts'

type FolderRow = Selectable<FolderTable>
type EnvironmentRow = Selectable<EnvironmentTable>

/** A folder with the environment it is in. */
export interface Located {
  folder: FolderRow
  environment: EnvironmentRow
}

/** Throws `NotFound` naming what is missing: the project, the environment or the folder. */
export async function findFolder(
  db: Db | Tx,
  where: { projectId: string; environment: string; secretPath: string },
): Promise<Located> {
  const environment = await findEnvironment(db, where)
  const folder = await db
    .selectFrom('folders')
    .where('environmentId', '=', environment.id)
    .where('path', '=', where.secretPath)
    .selectAll()
    .executeTakeFirst()
  if (!folder)
    throw new NotFound(`Folder with path "${where.secretPath}" not found in environment "${where.environment}"`)
  return { folder, environment }
}

/** Throws `NotFound` naming what is missing: the project or the environment. */
export async function findEnvironment(
  db: Db | Tx,
  where: { projectId: string; environment: string },
): Promise<EnvironmentRow> {
  const environment = await db
    .selectFrom('environments')
    .where('projectId', '=', where.projectId)
    .where('slug', '=', lookedUp(where.environment))
    .selectAll()
    .executeTakeFirst()
  if (environment) return environment
  const project = await db.selectFrom('projects').where('id', '=', where.projectId).select('name').executeTakeFirst()
  throw new NotFound(
    project
      ? `Environment with slug "${where.environment}" not found in project "${project.name}"`
      : `Project with ID ${where.projectId} not found`,
  )
}
