/** Folders and what they import, as Infisical's clients know them. */
import { folder, secretImport } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import type { WireOutput } from '../wire/wire.ts'

type Folder = z.output<typeof folder>
type Import = z.output<typeof secretImport>

const secretFolder = folder.extend({ isReserved: z.boolean() }).meta({ id: 'Folder' })
const writeFolder = ({
  description,
  pending,
  createdAt,
  updatedAt,
  ...shown
}: Folder): z.output<typeof secretFolder> => ({
  ...shown,
  isReserved: false,
  description,
  pending,
  createdAt,
  updatedAt,
})

const imported = secretImport
  .omit({ path: true, environment: true })
  .extend({
    isReplication: z.boolean(),
    importPath: secretImport.shape.path,
    importEnv: secretImport.shape.environment,
  })
  .meta({ id: 'SecretImport' })
const writeImport = ({ path, environment, createdAt, updatedAt, ...shown }: Import): z.output<typeof imported> => ({
  ...shown,
  isReplication: false,
  importPath: path,
  importEnv: environment,
  createdAt,
  updatedAt,
})

const oneFolder: WireOutput<Folder> = { schema: secretFolder, write: writeFolder }
const folders: WireOutput<Folder[]> = { schema: z.array(secretFolder), write: (all) => all.map(writeFolder) }
const oneImport: WireOutput<Import> = { schema: imported, write: writeImport }
const imports: WireOutput<Import[]> = { schema: z.array(imported), write: (all) => all.map(writeImport) }

const atFolders = <Output>(path: string, route: Omit<Route<Output>, 'path'>): Route<Output>[] =>
  ['v1', 'v2'].map((version) => ({ ...route, path: `/api/${version}/folders${path}` }))
const folderAt = (method: Route['method'], path: string) =>
  atFolders<Folder>(path, { method, envelope: 'folder', answers: oneFolder })

export const folderRoutes = {
  list: atFolders<Folder[]>('', { method: 'GET', envelope: 'folders', answers: folders }),
  get: folderAt('GET', '/:folderId'),
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
  create: importAt('POST', '', 'created'),
  update: importAt('PATCH', '/:importId', 'updated'),
  delete: importAt('DELETE', '/:importId', 'deleted'),
} satisfies Record<string, Route[]>
