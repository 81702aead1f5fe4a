import { folder, listedFolder, ownFolder } from '@keyferry/schemas'
import { folderVerbs } from '@keyferry/vault/verbs'
import { z } from 'zod'
import { folderRoutes } from '../infisical/folders.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Folders'

export const folders = router({
  list: query(folderVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'The folders in a folder',
    routes: folderRoutes.list,
    output: z.array(listedFolder),
  }),

  get: query(folderVerbs.get, {
    tag,
    summary: 'One folder',
    routes: folderRoutes.get,
    output: ownFolder,
  }),

  byPath: query(folderVerbs.byPath, {
    tag,
    summary: 'One folder, by its path',
    routes: folderRoutes.byPath,
    output: ownFolder,
  }),

  create: mutation(folderVerbs.create, {
    tag,
    summary: 'Creates a folder',
    routes: folderRoutes.create,
    output: folder,
  }),

  update: mutation(folderVerbs.update, {
    tag,
    summary: 'Changes a folder',
    routes: folderRoutes.update,
    output: folder,
  }),

  delete: mutation(folderVerbs.delete, {
    tag,
    summary: 'Deletes a folder and everything in it; `syncs` says what becomes of those that read it',
    routes: folderRoutes.delete,
    output: folder,
  }),
})
