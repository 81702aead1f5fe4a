/** From a place as an input names it to the places of the policy, as they are at this moment. */
import { batchLoader, inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import { OutOfReach, projectMissing, type Tx } from '@keyferry/kernel'
import { allows, type Access, type Resource } from '@keyferry/schemas/policy'
import { isWithin, joinPath, movedPath, nameOf, parentOf, ROOT } from '@keyferry/schemas/secret-path'
import { reachableFolders } from '../grants/reachable-folders.ts'
import type { FolderName, NewPlace, Where } from './requirement.ts'

type FolderResource = Extract<Resource, { kind: 'folder' }>

export interface Resolved {
  /** All of them are checked. None: nothing is there that would need the action. */
  places: readonly Resource[]
  /** The answer for callers who can't know that it exists: the same as if it did not. */
  missing: string
  /** Whether somebody may know that the thing exists; it was named by an id or a name of its own. */
  known?: (access: Access) => boolean
  /** Places behind those: checked too, and never named to somebody whom they are refused. */
  behind?: () => Promise<readonly Resource[]>
}

/** Throws `OutOfReach` for an id that nothing has. */
export async function resolve(db: Db | Tx, at: Where): Promise<Resolved> {
  switch (at.kind) {
    case 'instance':
    case 'organization':
      return { places: [at], missing: 'Not found' }
    case 'project':
      return { places: [at], missing: projectMissing(at.projectId) }
    case 'project-slug':
      return projectOfSlug(db, at.slug)
    case 'folder':
    case 'folder-id':
    case 'folder-in': {
      const { place, ...found } = await folderOf(db, at)
      if (!place) return { ...found, places: [] }
      return { ...found, places: [{ ...after(place, at.becomes), ...(at.below ? { below: true } : {}) }] }
    }
    case 'environment':
      return environmentOf(db, at.environmentId)
    case 'secret':
      return inFolder(db, await folderIdOf(db, 'secrets', at.secretId), `Secret with ID ${at.secretId} not found`)
    case 'import':
      return inFolder(db, await folderIdOf(db, 'imports', at.importId), `Import with ID ${at.importId} not found`)
    case 'membership':
      return membershipOf(db, at.membershipId)
    case 'syncs-of':
      return syncsOf(db, at.folder, at.becomes)
    case 'shown-by':
      return shownBy(db, at.folder, at.below ?? false)
    case 'sync': {
      const { place, ...found } = await sourceOf(db, at.syncId)
      return { ...found, places: [place] }
    }
    case 'sync-source': {
      const { place, missing } = await sourceOf(db, at.syncId)
      const { environment = place.environment, secretPath: path = place.path } = at
      return { places: [{ ...place, environment, path }], missing }
    }
    case 'sent-by': {
      const { place } = await sourceOf(db, at.syncId)
      const { environment = place.environment, secretPath: path = place.path } = at.moved ?? {}
      return shownBy(db, { ...place, environment, path }, false)
    }
    case 'connection':
    case 'connection-name':
      return connectionOf(db, at)
    case 'connection-of': {
      const { connectionId } = await sourceOf(db, at.syncId)
      return connectionOf(db, { kind: 'connection', connectionId })
    }
    case 'trash':
      return trashed(db, at)
    case 'import-source':
      return importSource(db, at)
  }
}

async function projectOfSlug(db: Db | Tx, slug: string): Promise<Resolved> {
  const missing = `Project with slug "${slug}" not found`
  const row = await db.selectFrom('projects').where('slug', '=', slug).select('id').executeTakeFirst()
  if (!row) throw new OutOfReach(missing)
  return { places: [{ kind: 'project', projectId: row.id }], missing }
}

interface FoundFolder extends Omit<Resolved, 'places'> {
  /** Null: no such folder, which the verb says. */
  place: FolderResource | null
}

async function folderOf(db: Db | Tx, at: FolderName): Promise<FoundFolder> {
  if (at.kind === 'folder') {
    const { projectId, environment, path } = at
    return { place: { kind: 'folder', projectId, environment, path }, missing: projectMissing(projectId) }
  }
  const id = at.kind === 'folder-id' ? at.folderId : at.idOrName
  const place = await placeOfFolder(db, id)
  if (at.kind === 'folder-id') {
    const missing = `Folder with ID ${id} not found`
    if (!place) throw new OutOfReach(missing)
    return { place, missing, known: (access) => allows(access, 'folders.read', place) }
  }
  const { projectId, environment, path } = at
  const missing = projectMissing(projectId)
  if (place && place.projectId === projectId && place.environment === environment) {
    return {
      place,
      missing: `Folder with path "${joinPath(path, id)}" not found in environment "${environment}"`,
      known: (access) => allows(access, 'folders.read', place),
    }
  }
  return { place: { kind: 'folder', projectId, environment, path: joinPath(path, id) }, missing }
}

/** Null where no folder has the id. */
const placeOfFolder = batchLoader(async (db: Db | Tx, folderIds: readonly string[]) => {
  const rows = await folderPlaces(db, { folderIds })
  const places = new Map(rows.map(({ id, ...row }): [string, FolderResource] => [id, { kind: 'folder', ...row }]))
  return (folderId) => places.get(folderId) ?? null
})

const folderPlaces = keptQuery((db, slot: Slot<{ folderIds: readonly string[] }>) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where((eb) => inList(db, eb.ref('folders.id'), slot('folderIds')))
    .select(['folders.id', 'environments.projectId', 'environments.slug as environment', 'folders.path']),
)

async function environmentOf(db: Db | Tx, environmentId: string): Promise<Resolved> {
  const missing = `Environment with ID ${environmentId} not found`
  const row = await db
    .selectFrom('environments')
    .where('id', '=', environmentId)
    .select(['projectId', 'slug'])
    .executeTakeFirst()
  if (!row) throw new OutOfReach(missing)
  const root: FolderResource = { kind: 'folder', projectId: row.projectId, environment: row.slug, path: ROOT }
  return { places: [root], missing, known: (access) => allows(access, 'folders.read', root) }
}

async function folderIdOf(db: Db | Tx, table: 'secrets' | 'imports', id: string): Promise<string | undefined> {
  const row = await db.selectFrom(table).where('id', '=', id).select('folderId').executeTakeFirst()
  return row?.folderId
}

/** What stands in a folder is known to those who know the names in there. */
async function inFolder(db: Db | Tx, folderId: string | undefined, missing: string): Promise<Resolved> {
  const place = folderId === undefined ? null : await placeOfFolder(db, folderId)
  if (!place) throw new OutOfReach(missing)
  return { places: [place], missing, known: (access) => allows(access, 'secrets.read-names', place) }
}

async function membershipOf(db: Db | Tx, membershipId: string): Promise<Resolved> {
  const missing = `Membership with ID ${membershipId} not found`
  const row = await db
    .selectFrom('memberships')
    .where('id', '=', membershipId)
    .where('principalKind', '=', 'identity')
    .select('projectId')
    .executeTakeFirst()
  if (!row) throw new OutOfReach(missing)
  const { projectId } = row
  return { places: [{ kind: 'project', projectId }], missing, known: (access) => knowsProject(access, projectId) }
}

/** The place that a folder has after a rename or a move. */
function after(place: FolderResource, becomes: NewPlace | undefined): FolderResource {
  if (!becomes) return place
  const { environment = place.environment, parent = parentOf(place.path), name = nameOf(place.path) } = becomes
  return { ...place, environment, path: joinPath(parent, name) }
}

async function syncsOf(db: Db | Tx, folder: FolderName, becomes: NewPlace | undefined): Promise<Resolved> {
  const { place: top, ...found } = await folderOf(db, folder)
  if (!top) return { ...found, places: [] }
  const sources = await db
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', top.projectId)
    .where('environments.slug', '=', top.environment)
    .select('folders.path')
    .distinct()
    .execute()
  const moved = after(top, becomes)
  const places = sources
    .filter(({ path }) => isWithin(path, top.path))
    .map(({ path }): FolderResource => ({ ...moved, path: movedPath(path, top.path, moved.path) }))
  return { ...found, places }
}

async function shownBy(db: Db | Tx, folder: FolderName, below: boolean): Promise<Resolved> {
  const { place: top, ...found } = await folderOf(db, folder)
  if (!top) return { ...found, places: [] }
  const behind = async (): Promise<readonly Resource[]> => {
    const rows = await db
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', top.projectId)
      .where('environments.slug', '=', top.environment)
      .$if(!below, (query) => query.where('folders.path', '=', top.path))
      .select(['folders.id', 'folders.path'])
      .execute()
    const shown = rows.filter(({ path }) => (below ? isWithin(path, top.path) : path === top.path))
    return reachableFolders(
      db,
      shown.map(({ id }) => id),
    )
  }
  return { ...found, places: [below ? { ...top, below } : top], behind }
}

interface FoundSync extends Omit<Resolved, 'places'> {
  place: FolderResource
  connectionId: string
}

/** A sync is where its source is. */
async function sourceOf(db: Db | Tx, syncId: string): Promise<FoundSync> {
  const missing = `There is no secret sync with the id ${syncId}`
  const row = await db
    .selectFrom('syncs')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('syncs.id', '=', syncId)
    .select(['syncs.projectId', 'syncs.connectionId', 'environments.slug as environment', 'folders.path'])
    .executeTakeFirst()
  if (!row) throw new OutOfReach(missing)
  const { connectionId, ...source } = row
  const place: FolderResource = { kind: 'folder', ...source }
  return { place, connectionId, missing, known: (access) => allows(access, 'syncs.read', place) }
}

/** Whether they may know what belongs to the whole project, whatever they may do with it. */
const knowsProject = (access: Access, projectId: string): boolean =>
  allows(access, 'secrets.read-names', { kind: 'project', projectId })

/** A connection of no project is the organization's. */
async function connectionOf(
  db: Db | Tx,
  at: Extract<Where, { kind: 'connection' | 'connection-name' }>,
): Promise<Resolved> {
  const missing =
    at.kind === 'connection'
      ? `App Connection with ID ${at.connectionId} not found`
      : `App Connection with name "${at.name}" not found`
  const row = await db
    .selectFrom('connections')
    .where((eb) => (at.kind === 'connection' ? eb('id', '=', at.connectionId) : eb('name', '=', at.name)))
    .select(['projectId', 'allowedProjects'])
    .executeTakeFirst()
  if (!row) throw new OutOfReach(missing)
  const { projectId, allowedProjects } = row
  if (projectId !== null)
    return { places: [{ kind: 'project', projectId }], missing, known: (access) => knowsProject(access, projectId) }
  const projects: string[] | null = allowedProjects === null ? null : JSON.parse(allowedProjects)
  const place: Resource = { kind: 'organization', projects }
  return { places: [place], missing, known: (access) => allows(access, 'connections.read', place) }
}

/** Where its folder is now, not where it was deleted. */
async function trashed(db: Db | Tx, { projectId, trashId }: { projectId: string; trashId: string }): Promise<Resolved> {
  const item = await db
    .selectFrom('trash')
    .where('id', '=', trashId)
    .where('projectId', '=', projectId)
    .select(['folderId', 'kind', 'name'])
    .executeTakeFirst()
  const parent = item && (await placeOfFolder(db, item.folderId))
  // The verb says what is missing.
  if (!parent) return { places: [], missing: projectMissing(projectId) }
  const isFolder = item.kind !== 'secret'
  const place = isFolder ? { ...parent, path: joinPath(parent.path, item.name) } : parent
  return {
    places: [isFolder ? { ...place, below: true } : place],
    missing: `There is nothing deleted with the id ${trashId} in environment "${parent.environment}"`,
    known: (access) => allows(access, 'secrets.read-names', place),
  }
}

async function importSource(db: Db | Tx, at: Extract<Where, { kind: 'import-source' }>): Promise<Resolved> {
  const present = await db
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.sourceFolderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.id', '=', at.importId)
    .where('environments.projectId', '=', at.projectId)
    .select(['environments.slug as environment', 'folders.path'])
    .executeTakeFirst()
  const { environment = present?.environment, path = present?.path } = at
  if (environment === undefined || path === undefined) return { places: [], missing: projectMissing(at.projectId) }
  const named = { kind: 'folder' as const, projectId: at.projectId, environment, path }
  return shownBy(db, named, false)
}
