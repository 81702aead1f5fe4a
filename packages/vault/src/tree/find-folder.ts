import {
  keptQuery,
  type Db,
  type EnvironmentTable,
  type FolderTable,
  type Selectable,
  type Slot,
  type Tables,
} from '@keyferry/db'
import { findProject, NotFound, type Tx } from '@keyferry/kernel'
import { isBelow } from '@keyferry/schemas/secret-path'
import type { Kysely } from 'kysely'

type FolderRow = Selectable<FolderTable>
type EnvironmentRow = Selectable<EnvironmentTable>

/** A folder with the environment it is in. */
export interface Located {
  folder: FolderRow
  environment: Pick<EnvironmentRow, 'id' | 'slug' | 'projectId'>
}

/** The same with the data key of its project, wrapped. */
export interface FoundFolder extends Located {
  dataKey: string
}

interface FolderAddress {
  projectId: string
  environment: string
  secretPath: string
}

/** A folder itself, wherever it is by now. */
export interface FolderOfProject {
  projectId: string
  folderId: string
}

const folders = (db: Kysely<Tables>) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    // Not all columns as such: Postgres would plan that again each time (prepared-statements.ts).
    .select(['folders.id', 'folders.environmentId', 'folders.parentId', 'folders.name', 'folders.path'])
    .select(['folders.description', 'folders.revision', 'folders.secretsHead', 'folders.createdAt'])
    .select(['folders.updatedAt', 'environments.slug', 'projects.dataKey'])

const at = (db: Kysely<Tables>, slot: Slot<FolderAddress>) =>
  folders(db)
    .where('projects.id', '=', slot('projectId'))
    .where('environments.slug', '=', slot('environment'))
    .where('folders.path', '=', slot('secretPath'))
const foldersAt = keptQuery(at)
const heldFoldersAt = keptQuery((db, slot: Slot<FolderAddress>) => at(db, slot).forNoKeyUpdate('folders'))

const withId = (db: Kysely<Tables>, slot: Slot<FolderOfProject>) =>
  folders(db).where('projects.id', '=', slot('projectId')).where('folders.id', '=', slot('folderId'))
const foldersById = keptQuery(withId)
const heldFoldersById = keptQuery((db, slot: Slot<FolderOfProject>) => withId(db, slot).forNoKeyUpdate('folders'))

/** Throws `NotFound` naming what is missing: the project, the environment or the folder. */
export const findFolder = (db: Db | Tx, where: FolderAddress): Promise<FoundFolder> => findAt(db, where, foldersAt)

/** Throws `NotFound`. */
export const findFolderById = (db: Db | Tx, where: FolderOfProject): Promise<FoundFolder> =>
  findWithId(db, where, foldersById)

/** The folder at a place, or itself, held against other writers until the transaction ends. Throws `NotFound`. */
export const holdFolder = (tx: Tx, where: FolderAddress | FolderOfProject): Promise<FoundFolder> =>
  'folderId' in where ? findWithId(tx, where, heldFoldersById) : findAt(tx, where, heldFoldersAt)

async function findAt(db: Db | Tx, where: FolderAddress, query: typeof foldersAt): Promise<FoundFolder> {
  const { projectId, environment, secretPath } = where
  const [row] = await query(db, { projectId, environment, secretPath })
  if (!row) {
    await findEnvironment(db, where)
    throw new NotFound(`Folder with path "${secretPath}" not found in environment "${environment}"`)
  }
  return foundFolder(row, projectId)
}

async function findWithId(
  db: Db | Tx,
  { projectId, folderId }: FolderOfProject,
  query: typeof foldersById,
): Promise<FoundFolder> {
  const [row] = await query(db, { projectId, folderId })
  if (!row) throw new NotFound(`Folder with ID ${folderId} not found`)
  return foundFolder(row, projectId)
}

function foundFolder(
  { slug, dataKey, ...folder }: FolderRow & { slug: string; dataKey: string },
  projectId: string,
): FoundFolder {
  return { folder, environment: { id: folder.environmentId, slug, projectId }, dataKey }
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
  const { name } = await findProject(db, where.projectId)
  throw new NotFound(`Environment with slug "${where.environment}" not found in project "${name}"`)
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

/** The order in which folders are listed. */
export const byPath = (a: FolderRow, b: FolderRow): number => (a.path < b.path ? -1 : 1)
