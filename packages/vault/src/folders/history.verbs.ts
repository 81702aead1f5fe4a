/** What may be done with earlier versions and deleted things, and who may. */
import { defineVerb, folder, may, project, type Requirements } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { listFolderHistory, restoreFolder, restoreVersion } from '../secrets/history.ts'
import { listDeletedEnvironments, restoreEnvironment } from './deleted-environments.ts'
import { listTrash, restoreTrash } from './trash.ts'

const managing = (input: { projectId: string }): Requirements => [may('project.manage', project(input))]

export const historyVerbs = {
  folder: defineVerb({
    input: schemas.folderHistory,
    requires: (input) => [may('secrets.read-names', folder(input))],
    run: listFolderHistory,
  }),

  restoreVersion: defineVerb({
    input: schemas.restoreVersion,
    requires: (input) => [may('secrets.write', folder(input))],
    run: restoreVersion,
  }),

  restoreFolder: defineVerb({
    input: schemas.restoreFolder,
    requires: (input) => [may('secrets.write', folder(input))],
    run: restoreFolder,
  }),

  trash: defineVerb({
    input: schemas.listTrash,
    requires: (input) => [may('folders.read', folder({ ...input, path: '/' }))],
    run: listTrash,
  }),

  restore: defineVerb({
    input: schemas.restoreTrash,
    requires: (input) => [
      may('folders.read', folder({ ...input, path: '/' })),
      may('secrets.write', { kind: 'trash', ...input }),
    ],
    run: restoreTrash,
  }),

  deletedEnvironments: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: managing,
    run: listDeletedEnvironments,
  }),

  restoreEnvironment: defineVerb({ input: schemas.restoreEnvironment, requires: managing, run: restoreEnvironment }),
}
