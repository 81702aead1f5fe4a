/** Verbs for earlier versions and deleted things, with what each requires. */
import { defineVerb, folder, requirement, project, type Requirements } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { listFolderHistory, restoreFolder, restoreVersion } from '../secrets/history.ts'
import { listDeletedEnvironments, restoreEnvironment } from './deleted-environments.ts'
import { restoreSecrets } from './restore-secrets.ts'
import { listTrash, restoreTrash } from './trash.ts'

const managing = (input: { projectId: string }): Requirements => [requirement('project.manage', project(input))]

export const historyVerbs = {
  folder: defineVerb({
    input: schemas.folderHistory,
    requires: (input) => [requirement('secrets.read-names', folder(input))],
    run: listFolderHistory,
  }),

  restoreVersion: defineVerb({
    input: schemas.restoreVersion,
    requires: (input) => [requirement('secrets.write', folder(input))],
    run: restoreVersion,
  }),

  restoreFolder: defineVerb({
    input: schemas.restoreFolder,
    requires: (input) => [requirement('secrets.write', folder(input))],
    run: restoreFolder,
  }),

  trash: defineVerb({
    input: schemas.listTrash,
    requires: (input) => [requirement('folders.read', folder({ ...input, path: '/' }))],
    run: listTrash,
  }),

  restore: defineVerb({
    input: schemas.restoreTrash,
    requires: (input) => [
      requirement('folders.read', folder({ ...input, path: '/' })),
      requirement('secrets.write', { kind: 'trash', ...input }),
    ],
    run: restoreTrash,
  }),

  restoreSecrets: defineVerb({
    input: schemas.restoreSecrets,
    requires: (input) => [requirement('secrets.write', folder(input))],
    run: restoreSecrets,
  }),

  deletedEnvironments: defineVerb({
    input: z.object({ projectId: schemas.id }),
    requires: managing,
    run: listDeletedEnvironments,
  }),

  restoreEnvironment: defineVerb({ input: schemas.restoreEnvironment, requires: managing, run: restoreEnvironment }),
}
