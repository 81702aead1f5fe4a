import type { Db, EnvironmentTable, FolderTable, Selectable } from '@keyferry/db'
import { NotFound, type Tx } from '@keyferry/kernel'
import { isBelow } from '@keyferry/schemas/secret-path'

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
    .where('slug', '=', where.environment)
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

/** Ids of all folders below one, by path. */
export async function foldersBelow(tx: Tx, { folder, environment }: Located): Promise<string[]> {
  const all = await foldersIn(tx, environment.id)
  return all
    .filter((candidate) => isBelow(candidate.path, folder.path))
    .sort(byPath)
    .map(({ id }) => id)
}

/** Every folder of an environment. */
export const foldersIn = (db: Db | Tx, environmentId: string): Promise<FolderRow[]> =>
  db.selectFrom('folders').where('environmentId', '=', environmentId).selectAll().execute()

export const byPath = (a: FolderRow, b: FolderRow): number => (a.path < b.path ? -1 : 1)
