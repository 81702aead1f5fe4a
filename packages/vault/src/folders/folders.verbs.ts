/** Verbs for folders and environments, with what each requires. */
import {
  defineVerb,
  folder,
  filterReadable,
  requirement,
  project,
  type FolderName,
  type NewPlace,
  type Requirements,
} from '@keyferry/access'
import type { ToEnd } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import { joinPath } from '@keyferry/schemas/secret-path'
import { z } from 'zod'
import {
  createEnvironment,
  deleteEnvironment,
  getEnvironment,
  getEnvironmentBySlug,
  updateEnvironment,
} from './environments.ts'
import { createFolder, deleteFolder, getFolder, getFolderByPath, listFolders, updateFolder } from './folders.ts'
import { findEnvironment } from '../tree/find-folder.ts'
import { moveFolder } from './move.ts'
import { secretCounts } from './secret-counts.ts'

const managing = (input: { projectId: string }): Requirements => [requirement('project.manage', project(input))]

/** Where the input says that the folder is: only those with access learn whether there is such a folder. */
const named = ({ projectId, environment }: { projectId: string; environment: string }) =>
  requirement('folders.read', folder({ projectId, environment, path: '/' }))

/** A folder gets another place with everything in it: its syncs are managed where they are and where they will be. */
const relocating = (from: FolderName, becomes: NewPlace): Requirements => [
  requirement('secrets.write', { ...from, below: true }),
  requirement('secrets.write', { ...from, below: true, becomes }),
  requirement('syncs.manage', { kind: 'syncs-of', folder: from }),
  requirement('syncs.manage', { kind: 'syncs-of', folder: from, becomes }),
]

/** Throws `NotFound` where its environment is missing too. */
async function folderToEnd(input: z.output<typeof schemas.deleteFolder>, { db }: Context): Promise<ToEnd> {
  const { path, folderIdOrName: idOrName } = input
  const { id: environmentId } = await findEnvironment(db, input)
  const values: ToEnd['values'] = schemas.id.safeParse(idOrName).success
    ? { environmentId, id: idOrName }
    : { environmentId, path: joinPath(path, idOrName) }
  return { table: 'folders', values }
}

export const folderVerbs = {
  list: defineVerb({
    input: schemas.listFolders,
    requires: (input) => [requirement('folders.read', folder(input))],
    run: async (ctx, actor, input, { access }) => {
      const { environment, projectId } = input
      const listed = await listFolders(ctx, actor, input)
      const shown = filterReadable(access, 'folders.read', projectId, listed, ({ path }) => ({ environment, path }))
      const named = shown.filter(({ path }) =>
        allows(access, 'secrets.read-names', { kind: 'folder', projectId, environment, path }),
      )
      const counts = await secretCounts(
        ctx,
        named.map(({ id }) => id),
      )
      const countOf = new Map(named.map(({ id }) => [id, counts.get(id) ?? 0]))
      return shown.map((each) => ({ ...each, secretCount: countOf.get(each.id) ?? null }))
    },
  }),

  get: defineVerb({
    input: z.object({ folderId: schemas.id }),
    requires: ({ folderId }) => [requirement('folders.read', { kind: 'folder-id', folderId })],
    run: getFolder,
  }),

  byPath: defineVerb({
    input: schemas.folderByPath,
    requires: (input) => [requirement('folders.read', folder(input))],
    run: getFolderByPath,
  }),

  create: defineVerb({
    input: schemas.createFolder,
    requires: (input) => {
      const made = folder({ ...input, path: joinPath(input.path, input.name) })
      return [requirement('secrets.write', folder(input)), requirement('secrets.write', { ...made, below: true })]
    },
    run: createFolder,
  }),

  update: defineVerb({
    input: schemas.updateFolder,
    requires: (input) => [
      ...relocating({ kind: 'folder-id', folderId: input.folderId }, { name: input.name }),
      named(input),
    ],
    run: updateFolder,
  }),

  delete: defineVerb({
    input: schemas.deleteFolder,
    requires: (input) => {
      const named: FolderName = { ...folder(input), kind: 'folder-in', idOrName: input.folderIdOrName }
      const whole = [
        requirement('secrets.write', folder(input)),
        requirement('secrets.write', { ...named, below: true }),
      ] as const
      if (input.syncs === undefined || input.syncs === 'refuse') return whole
      return [...whole, requirement('syncs.manage', { kind: 'syncs-of', folder: named })]
    },
    run: deleteFolder,
    ends: folderToEnd,
  }),

  move: defineVerb({
    input: schemas.moveFolder,
    requires: (input) => {
      const { folderId, environment, destinationEnvironment = environment, destinationPath: parent } = input
      const from: FolderName = { kind: 'folder-id', folderId }
      return [
        requirement('secrets.read-values', { ...from, below: true }),
        ...relocating(from, { environment: destinationEnvironment, parent }),
        named(input),
      ]
    },
    run: moveFolder,
  }),
}

export const environmentVerbs = {
  get: defineVerb({
    input: schemas.getEnvironment,
    requires: ({ environmentId }) => [requirement('folders.read', { kind: 'environment', environmentId })],
    run: getEnvironment,
  }),
  bySlug: defineVerb({
    input: schemas.place,
    requires: (input) => [named(input)],
    run: getEnvironmentBySlug,
  }),
  create: defineVerb({ input: schemas.createEnvironment, requires: managing, run: createEnvironment }),
  update: defineVerb({ input: schemas.updateEnvironment, requires: managing, run: updateEnvironment }),
  delete: defineVerb({
    input: schemas.deleteEnvironment,
    requires: managing,
    run: deleteEnvironment,
    ends: ({ projectId, environmentId: id }) => ({ table: 'environments', values: { id, projectId } }),
  }),
}
