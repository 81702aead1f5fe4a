/** Folders and what they import, as Infisical's clients know them. */
import { folder, type listedFolder, ownFolder, ownImport, secretImport } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import type { WireOutput } from '../wire/wire.ts'

type Folder = z.output<typeof folder>
type ListedFolder = z.output<typeof listedFolder>
type OwnFolder = z.output<typeof ownFolder>
type Import = z.output<typeof secretImport>
type OwnImport = z.output<typeof ownImport>

const secretFolder = folder
  .omit({ secretsChangedAt: true })
  .extend({ isReserved: z.boolean(), lastSecretModified: folder.shape.secretsChangedAt })
  .meta({ id: 'Folder' })
const writeFolder = ({
  description,
  secretsChangedAt,
  pending,
  createdAt,
  updatedAt,
  ...shown
}: Folder): z.output<typeof secretFolder> => ({
  ...shown,
  isReserved: false,
  lastSecretModified: secretsChangedAt,
  description,
  pending,
  createdAt,
  updatedAt,
})

const folderWithPlace = secretFolder
  .extend({
    projectId: ownFolder.shape.projectId,
    environment: z.object({ envId: z.string(), envName: z.string(), envSlug: z.string() }),
  })
  .meta({ id: 'FolderWithPlace' })
const writeOwnFolder = ({ projectId, environment: { id, name, slug }, ...shown }: OwnFolder) => ({
  ...writeFolder(shown),
  projectId,
  environment: { envId: id, envName: name, envSlug: slug },
})

const imported = secretImport
  .omit({ path: true, environment: true })
  .extend({
    version: z.literal(1),
    isReserved: z.boolean(),
    isReplication: z.boolean(),
    isReplicationSuccess: z.null(),
    replicationStatus: z.null(),
    lastReplicated: z.null(),
    importPath: secretImport.shape.path,
    importEnv: secretImport.shape.environment,
  })
  .meta({ id: 'SecretImport' })
const writeImport = ({ path, environment, createdAt, updatedAt, ...shown }: Import): z.output<typeof imported> => ({
  ...shown,
  version: 1,
  isReserved: false,
  isReplication: false,
  isReplicationSuccess: null,
  replicationStatus: null,
  lastReplicated: null,
  importPath: path,
  importEnv: environment,
  createdAt,
  updatedAt,
})

const importWithPlace = imported
  .extend({
    projectId: ownImport.shape.projectId,
    environment: ownImport.shape.environment,
    secretPath: z.string(),
  })
  .meta({ id: 'SecretImportWithPlace' })
const writeOwnImport = ({ projectId, into, ...shown }: OwnImport) => ({
  ...writeImport(shown),
  projectId,
  environment: into.environment,
  secretPath: into.path,
})

const oneFolder: WireOutput<Folder> = { schema: secretFolder, write: writeFolder }
const anOwnFolder: WireOutput<OwnFolder> = { schema: folderWithPlace, write: writeOwnFolder }
const folders: WireOutput<ListedFolder[]> = {
  schema: z.array(secretFolder),
  write: (all) => all.map(({ secretCount: _, ...shown }) => writeFolder(shown)),
}
const oneImport: WireOutput<Import> = { schema: imported, write: writeImport }
const anOwnImport: WireOutput<OwnImport> = { schema: importWithPlace, write: writeOwnImport }
const imports: WireOutput<Import[]> = { schema: z.array(imported), write: (all) => all.map(writeImport) }

const atFolders = <Output>(path: string, route: Omit<Route<Output>, 'path'>): Route<Output>[] =>
  ['v1', 'v2'].map((version) => ({ ...route, path: `/api/${version}/folders${path}` }))
const folderAt = (method: Route['method'], path: string) =>
  atFolders<Folder>(path, { method, envelope: 'folder', answers: oneFolder })

export const folderRoutes = {
  list: atFolders<ListedFolder[]>('', { method: 'GET', envelope: 'folders', answers: folders }),
  get: atFolders<OwnFolder>('/:folderId', { method: 'GET', envelope: 'folder', answers: anOwnFolder }),
  byPath: atFolders<OwnFolder>('/:projectId/:environment/:path', {
    method: 'GET',
    envelope: 'folder',
    answers: anOwnFolder,
  }),
  create: folderAt('POST', ''),
  update: folderAt('PATCH', '/:folderId'),
  delete: folderAt('DELETE', '/:folderIdOrName'),
  move: [{ method: 'POST', path: '/api/v2/folders/:folderId/move', envelope: 'folder', answers: oneFolder }],
} satisfies Record<string, Route[]>

const atImports = <Output>(path: string, route: Omit<Route<Output>, 'path'>): Route<Output>[] =>
  ['v1', 'v2'].map((version) => ({ ...route, path: `/api/${version}/secret-imports${path}` }))
const importAt = (method: Route['method'], path: string, done: string) =>
  atImports<Import>(path, {
    method,
    envelope: 'secretImport',
    message: `Successfully ${done} secret import`,
    answers: oneImport,
  })

export const importRoutes = {
  list: atImports<Import[]>('', {
    method: 'GET',
    envelope: 'secretImports',
    message: 'Successfully fetched secret imports',
    answers: imports,
  }),
  get: atImports<OwnImport>('/:importId', { method: 'GET', envelope: 'secretImport', answers: anOwnImport }),
  create: importAt('POST', '', 'created'),
  update: importAt('PATCH', '/:importId', 'updated'),
  delete: importAt('DELETE', '/:importId', 'deleted'),
} satisfies Record<string, Route[]>
